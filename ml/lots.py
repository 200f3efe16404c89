"""Lots: numbers that decide by nothing but chance, the same for a person on every machine and day.

Belongs here: how a lot is drawn from a person's key, and which were drawn before keys changed. Does not: what a lot
decides (holdout.py, ambassador/exploration.py, planning/eligible.py).

A lot is the first 64 bits of SHA-256("<purpose>|<seed>|<key>"). When all keys change, people must not be drawn anew in
the middle of an experiment: lots that were drawn before are kept and handed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

# (purpose, seed) → key → the lot that was drawn before keys changed.
KeptLots = Mapping[tuple[str, int], Mapping[str, int]]
NONE_KEPT: KeptLots = MappingProxyType({})
HOLDOUT, EXPLORATION = "standing holdout", "exploration"
# As many lots are equally likely.
LOTS = 2**64


def lot(purpose: str, seed: int, key: str) -> int:
    """A number below LOTS that every machine draws alike; no other person moves it."""
    return int.from_bytes(hashlib.sha256(f"{purpose}|{seed}|{key}".encode()).digest()[:8], "big")


def lots(purpose: str, seed: int, keys: Iterable[str], kept: KeptLots = NONE_KEPT) -> list[int]:
    """The lot of each key, in order: the kept one, else drawn."""
    before = kept.get((purpose, seed), {})
    return [lot(purpose, seed, key) if (old := before.get(key)) is None else old for key in map(str, keys)]
