"""Rows that could not be typed, kept raw and encrypted beside the reason, so that they can be mended and landed.

Belongs here: writing and reading a load's quarantine file. Does not: deciding what is quarantined (mapping.py,
readers*.py), encryption (vault_box.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import SecretStr

from orchestration.connectors.base import FILE_REASON, FILE_ROW
from orchestration.connectors.vault_box import Box

ASIDE = ".aside.enc"


@dataclass(frozen=True)
class QuarantinedRow:
    """A row as the source wrote it: `raw` holds its columns, or {"line": text} of a record that has no columns."""

    row_no: int
    reason: str
    raw: dict[str, Any]


def quarantine_file(quarantine: Path, source: str, stream: str, load_id: str) -> Path:
    """Where a load's quarantined rows lie (the file exists only where there are some)."""
    return quarantine / source / stream / f"{load_id}.enc"


def aside_file(quarantine: Path, source: str, stream: str, load_id: str) -> Path:
    """Where the values of columns lie that came after their stream was mapped (a file only where there are some)."""
    return quarantine / source / stream / f"{load_id}{ASIDE}"


def write_quarantine(path: Path, key: SecretStr, rows: Iterable[QuarantinedRow]) -> None:
    """Write a load's quarantine file anew (a landing that was killed may have left one)."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    Box(path, key, "quarantine").append({"row_no": r.row_no, "reason": r.reason, "raw": r.raw} for r in rows)


def read_quarantine(
    quarantine: Path, key: SecretStr, source: str, stream: str, load_id: str
) -> Iterator[QuarantinedRow]:
    """The quarantined rows of a load, in file order of their kind; none where it has none.

    Raises:
        IntegrityError: another key, or changed bytes.
    """
    for entry in Box(quarantine_file(quarantine, source, stream, load_id), key, "quarantine").read():
        yield QuarantinedRow(entry["row_no"], entry["reason"], entry["raw"])


def rejected_rows(rejected: pl.DataFrame) -> Iterator[QuarantinedRow]:
    """The rows that mapping.apply_mapping rejected, in a form that can be stored."""
    for row in rejected.iter_rows(named=True):
        reason, row_no = row.pop(FILE_REASON), row.pop(FILE_ROW)
        yield QuarantinedRow(row_no, reason, json.loads(json.dumps(row, default=str)))


def malformed_rows(path: Path | None) -> Iterator[QuarantinedRow]:
    """The malformed records that the parser process wrote down; none where there was nothing to parse."""
    if path is None:
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield QuarantinedRow(record["row_no"], record["reason"], {"line": record["raw"]})
