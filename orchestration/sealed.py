"""JSON that carries the hash of its own content, so that a changed byte is seen before the content is used.

Belongs here: making and checking the seal. Does not: writing (durable.py), what follows from damage (whoever reads).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Set
from typing import Any

SEAL = "seal"


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with its seal: SHA-256 of everything else in it."""
    return {**content, SEAL: _digest(content)}


def unsealed(read: Any, known: Set[str]) -> dict[str, Any]:
    """The content without its seal.

    Args:
        read: what was parsed from the file.
        known: keys that a file may have which was written before there were seals; with any other key, the seal is
            what was damaged.

    Raises:
        ValueError: the content is not what was sealed.
    """
    if not isinstance(read, dict):
        raise ValueError("not an object")
    content = {name: value for name, value in read.items() if name != SEAL}
    if SEAL not in read:
        if unknown := sorted(set(content) - known):
            raise ValueError(f"no seal, and unknown keys {unknown}")
    elif read[SEAL] != _digest(content):
        raise ValueError("the content is not what was sealed")
    return content


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(dict(content), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
