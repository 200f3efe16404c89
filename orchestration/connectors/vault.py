"""The vault: the one way from an identity key back to the reference a source knows a person by.

Belongs here: adding and looking up references, the log of openings. Does not: encryption (vault_box.py), pseudonyms
(pseudonyms.py). Only landing, delivery, access, erasure and rotation may open it.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl
from pydantic import SecretStr

from orchestration.connectors.pseudonyms import REFERENCE_SCHEMA
from orchestration.connectors.vault_box import Box

logger = logging.getLogger(__name__)

KEY = "identity_key"


@dataclass(frozen=True)
class Vault:
    """A workspace's vault file with the key that opens it."""

    path: Path
    key: SecretStr
    # Keys by the file's length: a night adds references load by load, and reading them all each time took half of it.
    _known: dict[int, pl.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def log(self) -> Path:
        """Who opened the vault when and for what: one JSON object a line, never a value of the vault."""
        return self.path.with_name(self.path.name + ".log")

    def read(self, purpose: str, at: datetime) -> pl.DataFrame:
        """Every reference: identity_key, kind, scope, reference.

        Args:
            purpose: what for, as the log shall say (delivery, access, erasure, rotation).
            at: naive UTC instant of the opening.

        Raises:
            IntegrityError: another key, or changed bytes.
        """
        entries = pl.DataFrame(list(self._box().read()), schema=REFERENCE_SCHEMA)
        self._record(purpose, at, entries.height, 0)
        return entries

    def add(self, references: pl.DataFrame, purpose: str, at: datetime) -> int:
        """Keep the references that are not kept yet; how many were new.

        Raises:
            IntegrityError: another key, or changed bytes.
        """
        known = self._keys()
        new = references.select(list(REFERENCE_SCHEMA)).unique(subset=KEY, keep="first", maintain_order=True)
        new = new.join(known, on=KEY, how="anti", maintain_order="left")
        if new.height or not self.path.exists():
            self._box().append(new.iter_rows(named=True))
        self._known.update({self.path.stat().st_size: pl.concat([known, new.select(KEY)])})
        self._record(purpose, at, known.height, new.height)
        return new.height

    def _keys(self) -> pl.DataFrame:
        """The kept identity keys, read again only when the file is not as long as this object last left it."""
        size = self.path.stat().st_size if self.path.exists() else 0
        kept = self._known.get(size)
        self._known.clear()
        return (
            pl.DataFrame({KEY: [entry[KEY] for entry in self._box().read()]}, {KEY: pl.String})
            if kept is None
            else kept
        )

    def _box(self) -> Box:
        return Box(self.path, self.key, "vault")

    def _record(self, purpose: str, at: datetime, entries: int, added: int) -> None:
        line = {"at": at.isoformat() + "Z", "purpose": purpose, "entries": entries, "added": added}
        descriptor = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        logger.info("vault opened for %s: %d entries, %d added", purpose, entries, added)
