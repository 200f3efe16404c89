"""An erasure that has begun: whom it is about and how far it is, until it is done.

Belongs here: the journal's file. Does not: the steps (erase.py, erase_landing.py).

<workspace>/erasure is encrypted like the vault and grows by an entry a step, so that whoever holds the lock after a
kill goes on where it stopped. It is the only place that still knows the person then; the last step removes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from orchestration.connectors.vault_box import Box
from orchestration.durable import sync
from orchestration.workspace import Workspace

PURPOSE = "erasure"


@dataclass(frozen=True)
class Pending:
    """What the journal says.

    Attributes:
        name: of the erasure, in the manifest of the generation that is made without the people; tells nothing of them.
        at: when it began (ISO 8601, UTC).
        people: how many people were asked for.
        keys: their identity keys.
        messages: what the suppression list is to hold.
        shared: identities left, because somebody else is linked to them too.
        recall: deliveries that had gone out before.
        generations: all that there were.
        before: rows that the landing had withheld before, by source/stream.
        ids_listed: what the people published stands on the suppression list.
        taken_out: what was counted when landing, quarantine, vault and state were without them; None: not yet.
    """

    name: str
    at: str
    people: int
    keys: frozenset[str]
    messages: tuple[str, ...]
    shared: int
    recall: tuple[dict[str, Any], ...]
    generations: frozenset[str]
    before: dict[str, int]
    ids_listed: bool = False
    taken_out: dict[str, Any] | None = field(default=None)


def read_pending(workspace: Workspace, key: SecretStr) -> Pending | None:
    """The erasure that is not finished; None: there is none.

    Raises:
        IntegrityError: another key, or changed bytes.
    """
    intents, ids_listed, taken_out = list[dict[str, Any]](), False, None
    for entry in _box(workspace, key).read():
        if "keys" in entry:
            intents.append(entry)
            ids_listed, taken_out = False, None
        ids_listed = ids_listed or "ids_listed" in entry
        taken_out = entry.get("taken_out", taken_out)
    if not intents:
        return None
    keys = frozenset(each for intent in intents for each in intent["keys"])
    name = hashlib.sha256("".join(intent["at"] + str(len(intent["keys"])) for intent in intents).encode())
    return Pending(
        name=f"{intents[0]['at'].replace('-', '').replace(':', '').rstrip('Z')}-{name.hexdigest()[:8]}",
        at=intents[0]["at"],
        people=sum(intent["people"] for intent in intents),
        keys=keys,
        messages=tuple(sorted({each for intent in intents for each in intent["messages"]})),
        shared=sum(intent["shared"] for intent in intents),
        recall=tuple(each for intent in intents for each in intent["recall"]),
        generations=frozenset(each for intent in intents for each in intent["generations"]),
        before=intents[0]["before"],
        ids_listed=ids_listed,
        taken_out=taken_out,
    )


def begin(workspace: Workspace, key: SecretStr, intent: dict[str, Any]) -> None:
    """Write down that people are to be erased: what Pending says of it, as lists."""
    _box(workspace, key).append([intent])
    sync(workspace.root)


def note(workspace: Workspace, key: SecretStr, entries: Iterable[dict[str, Any]]) -> None:
    """Write down how far it is."""
    _box(workspace, key).append(entries)


def end(workspace: Workspace) -> None:
    """The erasure is done."""
    workspace.erasure.unlink(missing_ok=True)
    sync(workspace.root)


def _box(workspace: Workspace, key: SecretStr) -> Box:
    return Box(workspace.erasure, key, PURPOSE)
