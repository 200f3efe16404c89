"""An append-only encrypted file: the form that the vault and the quarantine share.

Belongs here: sealing, opening, appending, the torn tail of a killed append. Does not: what is inside (vault.py,
vault_quarantine.py).

A file is MAGIC, then blocks: 4 bytes length, their CRC-32, 12 bytes nonce, AES-256-GCM of zlib-compressed JSON Lines.
Magic and the block's number are authenticated with each block, so none can be dropped, moved or taken from another kind
of file; the CRC tells a damaged length, behind which everything would seem torn, from a torn end. Files of an earlier
form, without CRC, are read and added to in it. The key comes from the pseudonym key by HKDF-SHA256 with the file's
purpose. Mode 0600.
"""

from __future__ import annotations

import json
import logging
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from orchestration.errors import IntegrityError

logger = logging.getLogger(__name__)

MAGIC, EARLIER_MAGIC = b"NANOLIFT2\n", b"NANOLIFT1\n"
_LENGTH = struct.Struct(">I")
_CRC_BYTES = 4
_NONCE_BYTES = 12
_BLOCK_ENTRIES = 20_000


@dataclass(frozen=True)
class Box:
    """One encrypted file for one purpose ("vault", "quarantine"): the purpose separates their keys."""

    path: Path
    key: SecretStr
    purpose: str

    def append(self, entries: Iterable[dict[str, Any]]) -> int:
        """Add entries durably; how many. A torn block that a kill left at the end is cut off first.

        Raises:
            IntegrityError: the file is none of ours.
        """
        magic, blocks = self._magic(), self._whole_blocks()
        cipher = self._cipher()
        written = 0
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            size = file.seek(0, os.SEEK_END)
            if size == 0:
                file.write(magic)
            number, end = len(blocks), (blocks[-1][1] if blocks else len(magic))
            if size > end:
                logger.warning("%s: cut off a block that a killed run had left half written", self.path.name)
                file.truncate(end)
            file.seek(end)
            for chunk in _chunks(entries):
                nonce = os.urandom(_NONCE_BYTES)
                plain = zlib.compress("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in chunk).encode())
                sealed = nonce + cipher.encrypt(nonce, plain, self._context(magic, number))
                file.write(_head(magic, len(sealed)) + sealed)
                number += 1
                written += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        return written

    def read(self) -> Iterator[dict[str, Any]]:
        """Every entry, in the order of writing; none where the file does not exist.

        Raises:
            IntegrityError: another key, or changed bytes.
        """
        magic, cipher = self._magic(), self._cipher()
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, (start, end) in enumerate(self._whole_blocks()):
                file.seek(start)
                sealed = file.read(end - start)
                try:
                    plain = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._context(magic, number))
                except InvalidTag:
                    raise IntegrityError(
                        f"{self.path} does not open: it was written with another pseudonym key, or its bytes changed"
                    ) from None
                yield from (json.loads(line) for line in zlib.decompress(plain).decode().splitlines())

    def _magic(self) -> bytes:
        """The form of the file; of one that does not exist yet, today's.

        Raises:
            IntegrityError: the file is none of ours.
        """
        if not self.path.exists() or self.path.stat().st_size == 0:
            return MAGIC
        with self.path.open("rb") as file:
            magic = file.read(len(MAGIC))
        if magic not in (MAGIC, EARLIER_MAGIC):
            raise IntegrityError(f"{self.path} is no {self.purpose} file of nanolift")
        return magic

    def _whole_blocks(self) -> list[tuple[int, int]]:
        """Start and end of what every complete block holds, from the lengths alone.

        Raises:
            IntegrityError: a length is damaged, or the file is none of ours.
        """
        magic = self._magic()
        if not self.path.exists():
            return []
        size, head = self.path.stat().st_size, len(_head(magic, 0))
        blocks: list[tuple[int, int]] = []
        with self.path.open("rb") as file:
            start = len(magic) + head
            while start <= size:
                file.seek(start - head)
                said = file.read(head)
                length = _LENGTH.unpack_from(said)[0]
                if said != _head(magic, length):
                    if not said.strip(b"\0") and not file.read().strip(b"\0"):
                        break  # a machine that went down may leave zeros where an append was under way
                    raise IntegrityError(f"{self.path} is damaged behind block {len(blocks)}: restore it from a backup")
                if start + length > size:
                    break
                blocks.append((start, start + length))
                start += length + head
        return blocks

    def _context(self, magic: bytes, number: int) -> bytes:
        return magic + self.purpose.encode() + number.to_bytes(8, "big")

    def _cipher(self) -> AESGCM:
        derived = HKDF(SHA256(), 32, salt=None, info=f"nanolift {self.purpose}".encode())
        return AESGCM(derived.derive(self.key.get_secret_value().encode()))


def _head(magic: bytes, length: int) -> bytes:
    """What stands before a block."""
    packed = _LENGTH.pack(length)
    return packed if magic == EARLIER_MAGIC else packed + zlib.crc32(packed).to_bytes(_CRC_BYTES, "big")


def _chunks(entries: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for entry in entries:
        chunk.append(entry)
        if len(chunk) == _BLOCK_ENTRIES:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
