"""`nanolift rotate-key`: put a workspace under another pseudonym key, so that a kill at any point can be completed.

Belongs here: the order of the whole. Does not: its parts (rotation_*.py).

Look at everything; journal; landing, lots, quarantine, suppression list, receipts, vault, the record of the key; then a
run from the landing alone publishes a generation under the new key, the older ones go and a receipt is signed. Any run
of the workspace that finds a rotation unfinished finishes it on its way, or refuses where a key is missing.
"""

from __future__ import annotations

import logging
from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import SecretStr

from ml.errors import ModelFileError
from ml.registry import read_model
from orchestration.connectors.loads import read_loads
from orchestration.doctor import check_room
from orchestration.environment import NEW_PSEUDONYM_KEY_VARIABLE, PSEUDONYM_KEY_VARIABLE, new_pseudonym_key
from orchestration.errors import ConfigurationError
from orchestration.lock import workspace_lock
from orchestration.privacy.erase_publish import recall_list
from orchestration.privacy.pending import refuse_while_pending
from orchestration.privacy.receipt import read_receipt
from orchestration.privacy.republish import check_replaces, is_published, republished
from orchestration.privacy.rewrite import finish_rewrites
from orchestration.privacy.rotation_journal import Rotation, keys_of, read_rotation, write_rotation
from orchestration.privacy.rotation_publish import finish
from orchestration.privacy.rotation_rekey import looked_at, rekey
from orchestration.privacy.workspace_key import adopt_key, check_one_key, key_id, next_version, workspace_key
from orchestration.settings import Settings, load_settings
from orchestration.state import MODELS, adopt_generations
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RotateRequest:
    """What the command line asks for; the keys come from the environment."""

    workspace: Path
    wait_seconds: int = 0


def rotate(request: RotateRequest) -> tuple[str, bool]:
    """Change the key, or finish a change that was stopped; what was done, and whether all of it is done.

    Raises:
        ConfigurationError: a key is missing or wrong; an erasure is not finished.
        WorkspaceBusyError: a run holds the workspace.
        IntegrityError: a file is damaged, of another key, or a landed key has no reference: nothing was changed.
    """
    workspace = Workspace.at(request.workspace)
    settings = load_settings(workspace.configuration)
    now = datetime.now(UTC).replace(tzinfo=None)
    before = _receipts(workspace)
    with workspace_lock(workspace, "rotate-key", wait_seconds=request.wait_seconds):
        finish_rewrites(workspace)
        rotation = read_rotation(workspace) or _begin(workspace, settings, now)
        if rotation is None:
            return "The workspace lies under the new key already: nothing is to be done.", True
        rotation = resumed(workspace, settings, rotation, now)
        is_done = is_published(workspace, "rotation", rotation.name)
        if is_done:
            finish(workspace, keys_of(rotation, settings).new, rotation)
    if not is_done:
        outcome = republished(workspace, request.wait_seconds)
        if workspace.rotation.exists():
            return (
                "Everything but what is published is under the new key. What is published is still under the old one, "
                f"for no generation could be published:\n  {outcome}\n"
                "Correct the cause; then `nanolift rotate-key`, or the next run, finishes it."
            ), False
    key = workspace_key(workspace, settings).secret
    return "\n".join(line for path in sorted(_receipts(workspace) - before) for line in _told(path, key)), True


def resumed(workspace: Workspace, settings: Settings, rotation: Rotation, at: datetime) -> Rotation:
    """Bring a rotation to where only publishing is left. The caller holds the lock.

    Raises:
        ConfigurationError: a key that it needs is not in the environment.
    """
    keys = keys_of(rotation, settings)
    return (
        rotation if rotation.rekeyed is not None else rekey(workspace, rotation, keys, _seeds(workspace, settings), at)
    )


def resumed_by_run(
    workspace: Workspace, settings: Settings, as_of: date, is_replay: bool, at: datetime
) -> Rotation | None:
    """`resumed` for a run that is to publish the generation under the new key; None: there is nothing to finish.

    Raises:
        ConfigurationError: a key is missing; or what the run makes would not become what readers see.
    """
    rotation = read_rotation(workspace)
    if rotation is None:
        return None
    rotation = resumed(workspace, settings, rotation, at)
    if is_published(workspace, "rotation", rotation.name):
        finish(workspace, keys_of(rotation, settings).new, rotation)
        return None
    check_replaces(workspace, as_of, is_replay, "the change of the pseudonym key", "`nanolift rotate-key`")
    return rotation


def _begin(workspace: Workspace, settings: Settings, now: datetime) -> Rotation | None:
    """Write the intent down, once it is certain that it can be carried out; None: the key is in use already."""
    if settings.example is not None:
        raise ConfigurationError("an example lies under the published key, which is not changed")
    refuse_while_pending(workspace, "the change of the pseudonym key")
    key, new = adopt_key(workspace, settings), new_pseudonym_key(settings)
    if new is None:
        raise ConfigurationError(
            f"set the new key as {NEW_PSEUDONYM_KEY_VARIABLE} (for instance from `openssl rand -hex 32`) and leave the "
            f"one in use as {PSEUDONYM_KEY_VARIABLE}"
        )
    if key_id(new) == key_id(key.secret):
        return None
    check_room(workspace)
    check_one_key(read_loads(workspace.landing), key.version)
    identities = looked_at(workspace, key.secret, key.version, now)
    adopt_generations(workspace)
    at, new_id = now.replace(microsecond=0).isoformat(), key_id(new)
    rotation = Rotation(
        name=f"{now:%Y%m%dT%H%M%S}-{new_id[:8]}",
        at=at + "Z",
        old_id=key_id(key.secret),
        old_version=key.version,
        new_id=new_id,
        new_version=next_version(key.version),
        generations=sorted(path.name for path in workspace.generations.glob("*")),
        plans=sorted(path.name for path in workspace.plans.glob("[!.]*")),
        recall=recall_list(workspace, identities),
    )
    write_rotation(workspace, rotation)
    return rotation


def _seeds(workspace: Workspace, settings: Settings) -> Set[int]:
    """Under which lots were drawn: the workspace's seed, and those of models that were taught under others."""
    seeds = {settings.seed}
    for folder in (workspace.state / MODELS).glob("[!.]*/"):
        try:
            seeds.add(int(read_model(folder).card["seed"]))
        except (ModelFileError, KeyError) as error:
            logger.warning("%s: %s", folder, error)
    return seeds


def _receipts(workspace: Workspace) -> set[Path]:
    return set(workspace.receipts.glob("*_rotation_*.json"))


def _told(path: Path, key: SecretStr) -> list[str]:
    said = read_receipt(path, key)
    done = said["under_the_new_key"]
    places = sorted({(each["target"], each["generation"]) for each in said["recall"]})
    return [
        f"The pseudonym key is {said['new_key']['version']} now: {done['identities']:,} identities, {done['loads']:,} "
        f"loads with {done['rows_of_streams_that_name_people']:,} rows, {done['quarantine_files']:,} quarantine files.",
        f"  published  {said['generation'] or 'nothing'}, {len(said['generations_purged'])} older generations purged",
        f"  receipt    {path}",
        *(f"  recall     generation {generation} from {target}" for target, generation in places),
        *(f"  note       {each}" for each in said["not_in_our_hands"]),
        f"Now let {PSEUDONYM_KEY_VARIABLE} hold the new key, take {NEW_PSEUDONYM_KEY_VARIABLE} away, and destroy "
        "the old one once no backup needs it.",
    ]
