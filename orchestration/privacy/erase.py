"""`nanolift erase`: forget people, everywhere, so that a kill at any point leaves what the next call completes.

Belongs here: the order of the whole. Does not: its parts (erase_*.py).

Journal, suppression list, landing and quarantine, vault, state; then a run from the landing alone, with a fresh
warehouse and new models, publishes a generation without the people; then older generations go and a receipt is signed.
Any run of the workspace that finds an erasure unfinished finishes it on its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from orchestration.connectors.loads import iso
from orchestration.connectors.vault import Vault
from orchestration.errors import ConfigurationError
from orchestration.lock import workspace_lock
from orchestration.privacy.erase_journal import Pending, begin, end, read_pending
from orchestration.privacy.erase_landing import take_out, withheld
from orchestration.privacy.erase_people import Person, asked_for, person_of
from orchestration.privacy.erase_publish import finish, recall_list
from orchestration.privacy.pending import refuse_while_rotating
from orchestration.privacy.receipt import read_receipt
from orchestration.privacy.republish import check_replaces, is_published, republished
from orchestration.privacy.rewrite import finish_rewrites
from orchestration.privacy.suppression import Suppression
from orchestration.privacy.workspace_key import WorkspaceKey, adopt_key
from orchestration.settings import load_settings
from orchestration.workspace import Workspace


@dataclass(frozen=True)
class EraseRequest:
    """What the command line asks for: people as asked_for reads them; none: only finish what was begun."""

    workspace: Path
    people: Sequence[str] = ()
    wait_seconds: int = 0


def erase(request: EraseRequest) -> tuple[str, bool]:
    """Forget people; what was done, and whether all of it is done.

    Raises:
        ConfigurationError: nobody is known by a reference that was given.
        WorkspaceBusyError: a run holds the workspace.
        IntegrityError: a file is damaged or of another key.
    """
    workspace = Workspace.at(request.workspace)
    settings = load_settings(workspace.configuration)
    now = datetime.now(UTC).replace(tzinfo=None)
    before = _receipts(workspace)
    with workspace_lock(workspace, "erase", wait_seconds=request.wait_seconds):
        refuse_while_rotating(workspace, "erasing")
        finish_rewrites(workspace)
        own = adopt_key(workspace, settings)
        key = own.secret
        already = _begin(workspace, own, request.people, now)
        pending = resumed(workspace, key, now)
        if pending is not None and is_published(workspace, "erasure", pending.name):
            finish(workspace, key, pending)
            pending = None
    if pending is not None:
        outcome = republished(workspace, request.wait_seconds)
        if workspace.erasure.exists():
            return (
                "The people are out of landing, quarantine and vault, and no source brings them back. What is "
                f"published still holds them, for no generation without them could be published:\n  {outcome}\n"
                "Correct the cause; then `nanolift erase --resume`, or the next run, finishes it."
            ), False
    fresh = sorted(_receipts(workspace) - before)
    lines = [*already, *(line for path in fresh for line in _told(path, key))]
    return "\n".join(lines or ["Nothing is left to be erased."]), True


def resumed(workspace: Workspace, key: SecretStr, at: datetime) -> Pending | None:
    """Bring an unfinished erasure to where only publishing is left; None: there is none. The caller holds the lock."""
    pending = read_pending(workspace, key)
    if pending is None:
        end(workspace)  # a kill before the first word was written leaves an empty journal
        return None
    if pending.taken_out is None:
        take_out(workspace, key, pending, at)
        pending = read_pending(workspace, key)
    return pending


def resumed_by_run(workspace: Workspace, key: SecretStr, as_of: date, is_replay: bool, at: datetime) -> Pending | None:
    """`resumed` for a run that is to publish the generation without the people.

    Raises:
        ConfigurationError: what the run makes would not become what readers see.
    """
    pending = resumed(workspace, key, at)
    if pending is None:
        return None
    if is_published(workspace, "erasure", pending.name):
        finish(workspace, key, pending)
        return None
    check_replaces(workspace, as_of, is_replay, "an erasure", "`nanolift erase --resume`")
    return pending


def _begin(workspace: Workspace, own: WorkspaceKey, people: Sequence[str], now: datetime) -> list[str]:
    """Write the intent down; lines about those who need none, since they were erased before."""
    key = own.secret
    listed = Suppression.of(workspace, key)
    entries, found, already = None, dict[frozenset[str], Person](), list[str]()
    begun = read_pending(workspace, key)
    for text in people:
        asked = asked_for(text)
        message = asked.message()
        if entries is None and workspace.vault.exists():
            entries = Vault(workspace.vault, key).read("erasure", now)
        start = asked.identity_key(own)
        is_known = entries is not None and start in entries.get_column("identity_key")
        if is_known and entries is not None:
            person = person_of(start, workspace, entries)
            found[person.keys] = person
        elif begun is not None and start in begun.keys:
            continue
        elif message is not None and listed.holds(message):
            already.append("One of them was erased before: no source brings them back.")
        else:
            raise ConfigurationError(
                "nobody is landed under one of these references: look at its kind, scope and spelling. Nobody was "
                "erased"
            )
    if found:
        keys = sorted(frozenset[str]().union(*found))
        intent: dict[str, Any] = {
            "at": (iso(now.replace(microsecond=0)) or "").replace(".000000", ""),
            "people": len(found),
            "keys": keys,
            "messages": sorted({each for person in found.values() for each in person.messages()}),
            "shared": len(frozenset[str]().union(*(person.shared for person in found.values())) - set(keys)),
            "recall": recall_list(workspace, set(keys)),
            "generations": sorted(path.name for path in workspace.generations.glob("*")),
            "before": withheld(workspace) if begun is None else begun.before,
        }
        begin(workspace, key, intent)
    return already


def _receipts(workspace: Workspace) -> set[Path]:
    return set(workspace.receipts.glob("*_erasure_*.json"))


def _told(path: Path, key: SecretStr) -> list[str]:
    said = read_receipt(path, key)
    rows = sum(said["rows_taken_out"].values())
    lines = [
        f"Erased {said['people']} people ({said['identities']} identities): {rows:,} rows taken out, "
        f"{said['other_rows_changed']:,} rows of others no longer name them.",
        f"  published  {said['generation'] or 'nothing'}, {len(said['generations_purged'])} older generations purged",
        f"  receipt    {path}",
    ]
    if said["identities_left"]:
        lines.append(f"  left       {said['identities_left']} identities that somebody else is linked to as well")
    places = sorted({(each["target"], each["generation"]) for each in said["recall"]})
    lines += [f"  recall     generation {generation} from {target}" for target, generation in places]
    return [*lines, *(f"  note       {each}" for each in said["not_in_our_hands"])]
