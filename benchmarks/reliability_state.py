"""What a workspace holds, in forms that trials compare: published tables and exports, files, the state a kill left.

Belongs here: reading and hashing. Does not: nights (reliability_nights.py), what a trial expects (the parts).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

# Scratch of runs, what runs tell of themselves, Dagster's own record of runs, the text in the lock file, the log of
# openings of the vault: the next run removes or ignores them.
_NOT_STATE = ("builds", "logs", ".dagster", ".lock", "vault.log")

# The warehouse's own record of the runs it went through: one more after a rerun, and no fact.
_RUNS = "int_run_cutoffs"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def files_of(folder: Path) -> Iterator[Path]:
    """Every file and link below a folder, in order."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted([*names, *(each for each in folders if Path(place, each).is_symlink())]):
            yield Path(place, name)


def published(root: Path, aside: Sequence[str] = ()) -> dict[str, str]:
    """Hash of every export and report file and of the sorted rows of every table of the current generation.

    Args:
        aside: columns of tables that are not looked at.
    """
    generation = (root / "current").resolve(strict=True)
    found = {
        str(path.relative_to(generation)): digest(path.read_bytes())
        for part in ("exports", "report", "scores", "models", "measurement", "monitoring")
        for path in files_of(generation / part)
    }
    with duckdb.connect(str(generation / "warehouse.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_type = 'BASE TABLE' order by all"
        ).fetchall()
        for schema, name in tables:
            if name == _RUNS:
                continue
            table = connection.table(f'"{schema}"."{name}"')
            columns = [duckdb.ColumnExpression(each) for each in table.columns if each not in aside]
            rows = table.select(*columns).fetchall()
            found[f"{schema}.{name}"] = digest("\n".join(sorted(map(repr, rows))).encode())
    return found


def whole(root: Path) -> str | None:
    """What is wrong with the generation that `current` names: every file against the manifest; None: nothing."""
    from orchestration.errors import IntegrityError
    from orchestration.generations import current
    from orchestration.publishing import verify
    from orchestration.workspace import Workspace

    now = current(Workspace.at(root))
    if now is None:
        return None
    try:
        verify(now)
    except (IntegrityError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def listing(root: Path) -> frozenset[str]:
    """Names of all files outside generations, logs and Dagster's own: what an orphan would be one too many of."""
    names = (str(path.relative_to(root)) for path in files_of(root))
    return frozenset(name for name in names if not name.startswith(("generations/", "logs/", ".dagster/", ".lock")))


def left_by_kill(root: Path) -> str:
    """Hash of all that a killed night left for the next one. Equal hashes: the next night does the very same."""
    told = hashlib.sha256()
    for path in files_of(root):
        name = path.relative_to(root)
        if name.parts[0] in _NOT_STATE:
            continue
        content = os.fsencode(path.readlink()) if path.is_symlink() else said(path)
        told.update(os.fsencode(name) + b"\0" + digest(content).encode())
    return told.hexdigest()


def said(path: Path) -> bytes:
    """A file's bytes; of a sealed file what it says, since its bytes differ by their nonces."""
    if path.name != "vault" and path.suffix != ".enc":
        return path.read_bytes()
    from pydantic import SecretStr

    from orchestration.connectors.vault_box import Box
    from orchestration.environment import EXAMPLE_PSEUDONYM_KEY

    purpose = "vault" if path.name == "vault" else "quarantine"
    size = path.stat().st_size
    box = Box(path, SecretStr(EXAMPLE_PSEUDONYM_KEY), purpose)
    torn = size - max((end for _, end in box._whole_blocks()), default=0)
    return json.dumps([list(box.read()), torn]).encode()
