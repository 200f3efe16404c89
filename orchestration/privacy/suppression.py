"""The suppression list: who must not be landed again, as keyed hashes that nobody can read back.

Belongs here: the list's file, asking it, extending it. Does not: who is put on it (erase*.py), what becomes of a row
that names somebody on it (erase_rows.py).

<workspace>/suppression is encrypted like the vault. Its first entry is a random key of its own; every other one is an
HMAC-SHA256 under that key of what a source may write: a reference as pseudonyms.py normalises it ("email|anna@…"), the
id of something the person published ("post|instagram|17"), and the bare value in small letters, for rows that could
not be typed. With a key of its own the list outlives a change of the pseudonym key: it is only sealed anew then.
"""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import SecretStr

from orchestration.connectors.vault_box import Box
from orchestration.workspace import Workspace

PURPOSE = "suppression"
# What may stand between two values of a record that has no columns.
_BETWEEN = re.compile(r"[,;|\t\"'<>{}\[\]()=]+")


@dataclass
class Suppression:
    """A workspace's list. Empty, it costs nothing: callers ask `is_empty` first."""

    path: Path
    key: SecretStr
    _salt: bytes = b""
    _hashes: set[str] = field(default_factory=set, repr=False)

    @classmethod
    def of(cls, workspace: Workspace, key: SecretStr) -> Suppression:
        """The list as it is on the disk.

        Raises:
            IntegrityError: another key, or changed bytes.
        """
        read = cls(workspace.suppression, key)
        for entry in read._box().read():
            if "salt" in entry:
                read._salt = bytes.fromhex(entry["salt"])
            else:
                read._hashes.add(entry["hash"])
        return read

    @property
    def is_empty(self) -> bool:
        return not self._hashes

    def add(self, messages: Iterable[str]) -> int:
        """Put messages on the list, durably; how many were new."""
        entries: list[dict[str, Any]] = []
        if not self._salt:
            self._salt = secrets.token_bytes(32)
            entries.append({"salt": self._salt.hex()})
        new = sorted({self._hash(message) for message in messages} - self._hashes)
        if new:
            self._box().append([*entries, *({"hash": each} for each in new)])
            self._hashes.update(new)
        return len(new)

    def holds(self, message: str) -> bool:
        """Whether a message is on the list."""
        return self._hash(message) in self._hashes

    def held(self, messages: pl.Series) -> pl.Series:
        """`holds` of a column of messages; each distinct one is hashed once. NULL is not held."""
        distinct = messages.drop_nulls().unique()
        named = pl.Series([text for text in distinct.to_list() if self.holds(text)], dtype=pl.String)
        return messages.is_in(named.implode()).fill_null(False)

    def names(self, raw: Any) -> bool:
        """Whether a raw row holds, in any of its values, what a source calls somebody on the list."""
        return any(self.holds(each) for each in bares(raw))

    def _hash(self, message: str) -> str:
        return hmac.digest(self._salt, message.encode(), "sha256").hex()[:32]

    def _box(self) -> Box:
        return Box(self.path, self.key, PURPOSE)


def bare(value: str) -> str:
    """The message of a value whose column is not known."""
    return "bare|" + unicodedata.normalize("NFC", value).strip().lstrip("@").lower()


def bares(raw: Any) -> Iterator[str]:
    """`bare` of every value of a raw row, and of every part of a value that may be a value of its own."""
    return (bare(part) for value in _values(raw) for part in _parts(value))


def published(kind: str, scope: str | None, external_id: str) -> str:
    """The message of something a person published or bought: kind post, review or sale."""
    return f"{kind}|{(scope or '').lower()}|{external_id}"


def _values(raw: Any) -> Iterator[str]:
    if isinstance(raw, dict | list):
        for each in raw.values() if isinstance(raw, dict) else raw:
            yield from _values(each)
    elif raw is not None:
        yield str(raw)


def _parts(value: str) -> Iterator[str]:
    yield value
    pieces = _BETWEEN.split(value)
    if len(pieces) > 1 or " " in value:
        for piece in pieces:
            yield piece
            yield from piece.split()
