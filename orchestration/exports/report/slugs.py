"""File names of campaigns' pages.

Belongs here: names that are safe on every file system and differ, whatever the ids are. Does not: folders (pages.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}")
_OTHER = re.compile(r"[^a-z0-9_-]+")
# Names that Windows keeps for devices, whatever their ending.
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
_KEPT, _DIGEST = 30, 10


def slugs(ids: Iterable[str]) -> dict[str, str]:
    """Each id's file name without ending: the id itself where it is plain, else what is plain of it and a digest.

    No two ids share a name, on file systems that do not tell capitals apart either; the same ids give the same names.
    """
    found: dict[str, str] = {}
    every = sorted(set(ids))
    for ident in every:
        if _PLAIN.fullmatch(ident) and ident not in _DEVICES:
            found[ident] = ident
    taken = set(found.values())
    for ident in every:
        if ident not in found:
            found[ident] = _named(ident, taken)
            taken.add(found[ident])
    return found


def _named(ident: str, taken: set[str]) -> str:
    plain = _OTHER.sub("-", ident.lower()).strip("-_")[:_KEPT]
    salt = 0
    while True:
        digest = hashlib.sha256(f"{salt}:{ident}".encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
        name = f"{plain}-{digest}" if plain else f"campaign-{digest}"
        if name not in taken:
            return name
        salt += 1
