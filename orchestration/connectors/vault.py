"""The vault: the one way from an identity key back to the reference a source knows a person by.

Belongs here: adding and looking up references, the log of openings. Does not: encryption (vault_box.py), pseudonyms
(pseudonyms.py). Only landing, delivery, access, erasure and rotation may open it.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from pydantic import SecretStr

from orchestration.connectors.pseudonyms import REFERENCE_SCHEMA
from orchestration.connectors.vault_box import Box

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Vault:
    """A workspace's vault file with the key that opens it."""

    path: Path
    key: SecretStr

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
        known = {entry["identity_key"] for entry in self._box().read()}
        new = references.select(list(REFERENCE_SCHEMA)).filter(pl.col("identity_key").is_in(list(known)).not_())
        new = new.unique(subset="identity_key", keep="first", maintain_order=True)
        if new.height or not self.path.exists():
            self._box().append(new.iter_rows(named=True))
        self._record(purpose, at, len(known), new.height)
        return new.height

    def _box(self) -> Box:
        return Box(self.path, self.key, "vault")

    def _record(self, purpose: str, at: datetime, entries: int, added: int) -> None:
        line = {"at": at.isoformat() + "Z", "purpose": purpose, "entries": entries, "added": added}
        descriptor = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        logger.info("vault opened for %s: %d entries, %d added", purpose, entries, added)
