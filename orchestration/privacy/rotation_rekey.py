"""Puts everything a workspace keeps under a new pseudonym key: landing, quarantine, vault, lists, receipts.

Belongs here: looking before anything is changed, the steps and their order; each may be done twice. Does not: rows
(rotation_rows.py), one load's files (rewrite.py), what is published (rotation_publish.py).

The vault goes last of what needs the old key: its raw references say what every key is called under the new one, so
whoever finds a rotation half done reads that from it again. Once it opens with the new key, the old one is not needed.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import datetime
from pathlib import Path

import polars as pl
from pydantic import SecretStr

from orchestration.connectors.loads import Load, read_loads, sweep, verify_load
from orchestration.connectors.pseudonyms import Pseudonymiser, messages_of
from orchestration.connectors.streams import STREAMS
from orchestration.connectors.vault import KEY, Vault
from orchestration.connectors.vault_box import Box
from orchestration.durable import write_json
from orchestration.errors import IntegrityError
from orchestration.exports.consents import identities_of
from orchestration.generations import current
from orchestration.privacy.kept_lots import PURPOSE as LOTS
from orchestration.privacy.kept_lots import read_lots, write_lots
from orchestration.privacy.receipt import read_receipt, signed
from orchestration.privacy.retention_files import named_keys
from orchestration.privacy.rewrite import Change, replace_box, rewrite_load
from orchestration.privacy.rotation_journal import Keys, Rotation, noted, old_key_is_needed
from orchestration.privacy.rotation_rows import handed_on, key_columns, renamed
from orchestration.privacy.suppression import PURPOSE as SUPPRESSION
from orchestration.privacy.workspace_key import Recorded, recorded, write_record
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)

WAREHOUSE = "warehouse.duckdb"
_FORMERLY = ("key_id", "version", "until")


def looked_at(workspace: Workspace, key: SecretStr, version: str, at: datetime) -> Set[str]:
    """All identity keys of the vault, once it is certain that everything can be put under another key.

    Raises:
        IntegrityError: bytes that are not what was written, a landed key without its reference, another key.
    """
    loads = read_loads(workspace.landing)
    for load in loads:
        verify_load(load)
    known = set(_names(workspace, key, version, key, version, at))
    if missing := named_keys(loads) - known:
        raise IntegrityError(
            f"{len(missing)} landed identity keys have no reference in {workspace.vault}, so nobody can tell what they "
            "are called under another key: put the vault back from a backup that has them. Nothing was changed"
        )
    for path, purpose in _boxes(workspace):
        for _ in Box(path, key, purpose).read():
            pass
    now = current(workspace)
    if now is not None and now.path.exists():
        now.sound(WAREHOUSE)  # says who was drawn under which key
    return known


def rekey(workspace: Workspace, rotation: Rotation, keys: Keys, seeds: Iterable[int], at: datetime) -> Rotation:
    """Leave nothing under the old key but published generations. The caller holds the lock.

    Args:
        seeds: under which lots of people were drawn.
        at: naive UTC, for the vault's log.

    Raises:
        ConfigurationError: the old key is needed and not there.
        IntegrityError: a file opens with neither key, or is damaged.
    """
    sweep(workspace)
    for folder in (workspace.plans, workspace.builds):
        shutil.rmtree(folder, ignore_errors=True)
    if not _is_new(workspace.vault, keys.new, "vault"):
        if keys.old is None:
            raise old_key_is_needed(rotation)
        names = _names(workspace, keys.old, rotation.old_version, keys.new, rotation.new_version, at)
        _rekey_landing(workspace, keys.old, rotation, names)
        _hand_lots_on(workspace, keys.old, keys.new, names, seeds)
    for path, purpose in _boxes(workspace):
        _seal_anew(path, purpose, keys, rotation)
    _sign_anew(workspace, keys)
    if keys.old is not None and not _is_new(workspace.vault, keys.new, "vault"):
        entries = (
            Vault(workspace.vault, keys.old)
            .read("rotation", at)
            .with_columns(pl.col(KEY).replace_strict(names, return_dtype=pl.String))
        )
        replace_box(workspace.vault, keys.new, "vault", entries.to_dicts())
    _put_record(workspace, rotation)
    rotation = noted(workspace, rotation, _counts(workspace, keys.new))
    logger.info("rotation %s: everything but published generations is under %s", rotation.name, rotation.new_version)
    return rotation


def _names(
    workspace: Workspace, key: SecretStr, version: str, new: SecretStr, new_version: str, at: datetime
) -> dict[str, str]:
    """Identity key → its name under another key, by the vault's references.

    Raises:
        IntegrityError: a reference does not give the key it stands under.
    """
    if not workspace.vault.exists():
        return {}
    entries = Vault(workspace.vault, key).read("rotation", at)
    now, later = Pseudonymiser(key, version), Pseudonymiser(new, new_version)
    names: dict[str, str] = {}
    for known, message in zip(entries.get_column(KEY), messages_of(entries), strict=True):
        if now.identity_key(message) != known:
            raise IntegrityError(
                f"{workspace.vault} holds a reference that does not give the key it stands under: put it back from a "
                "backup"
            )
        names[known] = later.identity_key(message)
    if len(set(names.values())) != len(names):
        raise IntegrityError("two people would have one pseudonym under the new key: take another one")
    return names


def _rekey_landing(workspace: Workspace, key: SecretStr, rotation: Rotation, names: Mapping[str, str]) -> None:
    for load in read_loads(workspace.landing):
        if load.key_version != rotation.new_version:
            verify_load(load)
            rewrite_load(workspace, key, load, _change(load, rotation, names))


def _change(load: Load, rotation: Rotation, names: Mapping[str, str]) -> Change:
    stream = STREAMS[load.stream]
    return Change(
        lambda rows: renamed(rows, stream, names),
        lambda _row: True,
        "rows_suppressed",
        {"key_version": rotation.new_version},
    )


def _hand_lots_on(
    workspace: Workspace, key: SecretStr, new: SecretStr, names: Mapping[str, str], seeds: Iterable[int]
) -> None:
    """Keep the lots of all whom the published generation knows: nobody else has been listed yet."""
    if workspace.lots.exists() and _is_new(workspace.lots, new, LOTS):
        return
    now, kept = current(workspace), read_lots(workspace, key)
    resolved = {name: name for drawn in kept.values() for name in drawn}
    if now is not None and now.is_readable:
        resolved |= dict(identities_of(now.sound(WAREHOUSE)).select("identity_key", "consumer_key").iter_rows())
    write_lots(workspace, new, handed_on(sorted(resolved.items()), names, kept, seeds))


def _boxes(workspace: Workspace) -> Iterator[tuple[Path, str]]:
    """Encrypted files that hold no identity keys: they are only sealed anew."""
    if workspace.suppression.exists():
        yield workspace.suppression, SUPPRESSION
    for path in sorted(workspace.quarantine.glob("*/*/*.enc")):
        yield path, "quarantine"


def _is_new(path: Path, new: SecretStr, purpose: str) -> bool:
    """Whether a file opens with the new key; also one that does not exist or is empty."""
    try:
        next(Box(path, new, purpose).read(), None)
    except IntegrityError:
        return False
    return True


def _seal_anew(path: Path, purpose: str, keys: Keys, rotation: Rotation) -> None:
    if _is_new(path, keys.new, purpose):
        return
    if keys.old is None:
        raise old_key_is_needed(rotation)
    replace_box(path, keys.new, purpose, list(Box(path, keys.old, purpose).read()))


def _sign_anew(workspace: Workspace, keys: Keys) -> None:
    """Receipts that were right under the old key are signed under the new one; others stay as they are."""
    for path in sorted(workspace.receipts.glob("*.json")):
        if keys.old is not None and not _is_signed(path, keys.new) and _is_signed(path, keys.old):
            write_json(path, signed(json.loads(path.read_text(encoding="utf-8")), keys.new))


def _is_signed(path: Path, key: SecretStr) -> bool:
    try:
        read_receipt(path, key)
    except IntegrityError:
        return False
    return True


def _put_record(workspace: Workspace, rotation: Rotation) -> None:
    before = recorded(workspace)
    former = () if before is None else before.former
    if before is None or before.key_id != rotation.new_id:
        said = (rotation.old_id, rotation.old_version, rotation.at)
        former = (*former, dict(zip(_FORMERLY, said, strict=True)))
    write_record(workspace, Recorded(rotation.new_id, rotation.new_version, tuple(former)))


def _counts(workspace: Workspace, key: SecretStr) -> dict[str, int]:
    """What stands under the new key now."""
    loads = read_loads(workspace.landing)
    naming = [load for load in loads if key_columns(STREAMS[load.stream])]
    receipts = list(workspace.receipts.glob("*.json"))
    return {
        "loads": len(loads),
        "rows_of_streams_that_name_people": sum(load.rows_accepted + load.rows_removed for load in naming),
        "identities": sum(1 for _ in Box(workspace.vault, key, "vault").read()),
        "identities_with_kept_lots": sum(1 for _ in Box(workspace.lots, key, LOTS).read()),
        "quarantine_files": len(list(workspace.quarantine.glob("*/*/*.enc"))),
        "suppression_entries": sum(1 for _ in Box(workspace.suppression, key, SUPPRESSION).read()),
        "receipts_signed_anew": sum(_is_signed(path, key) for path in receipts),
        "receipts_signed_by_neither_key": sum(not _is_signed(path, key) for path in receipts),
    }
