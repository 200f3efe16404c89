"""Looks for people in everything a workspace holds: bytes as they lie there, and what they say once decoded.

Belongs here: opening every kind of file, counting. Does not: whom to look for (reliability_canaries.py).

Compressed pages hide from a search of bytes, so Parquet, DuckDB, SQLite, XLSX, gzip and zip are decoded, and the
encrypted files are opened with the key.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

BOXES = {"vault": "vault", "suppression": "suppression", "erasure": "erasure", "lots": "lots"}


def texts_of(path: Path, key: str) -> Iterator[str]:
    """What a file says: its bytes, then decoded."""
    content = path.read_bytes()
    yield content.decode("latin-1")
    if content[:4] == b"PAR1":
        yield from _parquet(path)
    elif content[8:12] == b"DUCK":
        yield from _duckdb(path)
    elif content[:15] == b"SQLite format 3":
        yield from _sqlite(path)
    elif content[:2] == b"PK":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    elif content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content).decode("utf-8", "replace")
    elif path.name in BOXES or path.suffix == ".enc":
        from pydantic import SecretStr

        from orchestration.connectors.vault_box import Box

        box = Box(path, SecretStr(key), BOXES.get(path.name, "quarantine"))
        yield from (json.dumps(entry, ensure_ascii=False) for entry in box.read())
    else:
        yield content.decode("utf-8", "replace")


def hits(root: Path, needles: Iterable[str], key: str, apart: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """File → which of the needles stand in it, in whichever letters; names that begin as one of `apart` left out."""
    wanted = _by_beginning({each.lower() for each in needles})
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if not path.is_file() or path.is_symlink() or name.startswith(apart):
            continue
        said = "\n".join([name, *texts_of(path, key)]).lower()
        if here := _standing(said, wanted):
            found[name] = sorted(here)
    return found


# Beginning → length → needles, so that one pass over a text finds hundreds of needles that begin alike.
Wanted = dict[str, dict[int, set[str]]]


def _by_beginning(needles: Iterable[str]) -> Wanted:
    wanted: Wanted = {}
    for each in needles:
        wanted.setdefault(each[:4], {}).setdefault(len(each), set()).add(each)
    return wanted


def _standing(said: str, wanted: Wanted) -> set[str]:
    found = set()
    for beginning, by_length in wanted.items():
        at = said.find(beginning)
        while at >= 0:
            found.update(here for length, names in by_length.items() if (here := said[at : at + length]) in names)
            at = said.find(beginning, at + 1)
    return found


def _parquet(path: Path) -> Iterator[str]:
    import polars as pl

    frame = pl.read_parquet(path)
    for name in frame.columns:
        column = frame.get_column(name)
        yield "\n".join(map(str, _flat(column.to_list())))
    import pyarrow.parquet as pq

    yield str(pq.read_metadata(path).metadata)


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list | tuple | set):
            yield from _flat(value)
        elif isinstance(value, dict):
            yield from _flat(value.values())
        elif value is not None:
            yield value


def _duckdb(path: Path) -> Iterator[str]:
    import duckdb

    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema, table_name, table_type from information_schema.tables"
        ).fetchall()
        for schema, name, kind in tables:
            if kind == "BASE TABLE":  # a view may read files of a run that is over
                rows = connection.execute(f'select * from "{schema}"."{name}"').fetchall()  # noqa: S608
                yield "\n".join(map(str, _flat(rows)))


def _sqlite(path: Path) -> Iterator[str]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        for name in tables:
            yield "\n".join(map(str, _flat(connection.execute(f'select * from "{name}"').fetchall())))  # noqa: S608
