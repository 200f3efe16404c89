"""Lots that were drawn before the pseudonym key changed, encrypted like the vault.

Belongs here: the file. Does not: what a lot is (ml/lots.py), which are handed on (rotation_rows.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from pydantic import SecretStr

from ml.lots import KeptLots
from orchestration.connectors.vault_box import Box
from orchestration.privacy.rewrite import replace_box
from orchestration.workspace import Workspace

PURPOSE = "lots"
_KEY = "identity_key"


def read_lots(workspace: Workspace, key: SecretStr) -> KeptLots:
    """(purpose, seed) → identity key → lot; empty where the key has never changed.

    Raises:
        IntegrityError: another key, or changed bytes.
    """
    found: dict[tuple[str, int], dict[str, int]] = {}
    for entry in Box(workspace.lots, key, PURPOSE).read():
        for purpose, seed, drawn in entry["lots"]:
            found.setdefault((purpose, seed), {})[entry[_KEY]] = drawn
    return found


def write_lots(workspace: Workspace, key: SecretStr, lots: KeptLots) -> None:
    """Put these lots in the place of those that were kept, in one step."""
    by_key: dict[str, list[tuple[str, int, int]]] = {}
    for (purpose, seed), drawn in lots.items():
        for name, number in drawn.items():
            by_key.setdefault(name, []).append((purpose, seed, number))
    replace_box(workspace.lots, key, PURPOSE, [{_KEY: name, "lots": by_key[name]} for name in sorted(by_key)])


def forget_lots(workspace: Workspace, key: SecretStr, people: Set[str]) -> None:
    """Leave no lot of these identity keys."""
    kept = read_lots(workspace, key)
    if any(people & drawn.keys() for drawn in kept.values()):
        write_lots(workspace, key, {name: _without(drawn, people) for name, drawn in kept.items()})


def _without(drawn: Mapping[str, int], people: Set[str]) -> dict[str, int]:
    return {name: number for name, number in drawn.items() if name not in people}
