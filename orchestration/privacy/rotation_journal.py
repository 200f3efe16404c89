"""A change of the pseudonym key that is under way: what it is about, and how far it is.

Belongs here: the file, its life, which keys it takes. Does not: doing it (rotation*.py).

<workspace>/rotation is plain JSON with a seal: ids of keys, counts, names of files and targets, never a key nor a
person. It is there from before the first byte is changed until the last one is: whoever finds it finishes, or refuses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic import SecretStr

from orchestration.durable import sync, write_json
from orchestration.environment import NEW_PSEUDONYM_KEY_VARIABLE, PSEUDONYM_KEY_VARIABLE
from orchestration.errors import ConfigurationError, IntegrityError
from orchestration.privacy.workspace_key import environment_keys, key_id, recorded, workspace_key
from orchestration.sealed import sealed, unsealed
from orchestration.settings import Settings
from orchestration.workspace import Workspace


@dataclass(frozen=True)
class Rotation:
    """What the journal says.

    Attributes:
        name: in the manifest of the generation that is made under the new key.
        at: when it began (ISO 8601, UTC).
        old_id, old_version, new_id, new_version: of the keys.
        generations, plans: all that there were.
        recall: files that had been delivered and hold old keys, or may.
        rekeyed: what was counted when nothing but generations was under the old key any more; None: not yet.
    """

    name: str
    at: str
    old_id: str
    old_version: str
    new_id: str
    new_version: str
    generations: Sequence[str]
    plans: Sequence[str]
    recall: Sequence[Mapping[str, Any]]
    rekeyed: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Keys:
    """The keys of a rotation; old: None where it is not at hand."""

    new: SecretStr
    old: SecretStr | None


def read_rotation(workspace: Workspace) -> Rotation | None:
    """The rotation that is not finished; None: there is none.

    Raises:
        IntegrityError: the journal is damaged.
    """
    try:
        content = unsealed(json.loads(workspace.rotation.read_text(encoding="utf-8")), frozenset())
        return Rotation(**content)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise IntegrityError(
            f"{workspace.rotation} is damaged ({type(error).__name__}), and the pseudonym key was being changed: put "
            "the workspace back from a backup"
        ) from error


def write_rotation(workspace: Workspace, rotation: Rotation) -> None:
    """Write down that it has begun, or how far it is."""
    write_json(workspace.rotation, sealed(asdict(rotation)))


def noted(workspace: Workspace, rotation: Rotation, rekeyed: Mapping[str, int]) -> Rotation:
    """Write down that only publishing is left."""
    fresh = replace(rotation, rekeyed=dict(rekeyed))
    write_rotation(workspace, fresh)
    return fresh


def end(workspace: Workspace) -> None:
    """The rotation is done."""
    workspace.rotation.unlink(missing_ok=True)
    sync(workspace.root)


def keys_of(rotation: Rotation, settings: Settings) -> Keys:
    """The rotation's keys, from the environment, whichever name they stand under.

    Raises:
        ConfigurationError: the new key is not there.
    """
    given = {key_id(key): key for key in environment_keys(settings)}
    if rotation.new_id not in given:
        raise ConfigurationError(
            f"the change of the pseudonym key that began at {rotation.at} is not finished, and neither "
            f"{PSEUDONYM_KEY_VARIABLE} nor {NEW_PSEUDONYM_KEY_VARIABLE} holds the key with the id {rotation.new_id}: "
            f"set the new key as {NEW_PSEUDONYM_KEY_VARIABLE} and leave the old one as {PSEUDONYM_KEY_VARIABLE}; then "
            "`nanolift rotate-key`, or the next run, finishes it"
        )
    return Keys(given[rotation.new_id], given.get(rotation.old_id))


def check_keys(workspace: Workspace, settings: Settings) -> None:
    """Whether the environment has the keys that a run needs, before it starts.

    Raises:
        ConfigurationError: it has not.
    """
    rotation = read_rotation(workspace)
    if rotation is not None:
        keys_of(rotation, settings)
    elif recorded(workspace) is not None:
        workspace_key(workspace, settings)
    else:
        environment_keys(settings)


def old_key_is_needed(rotation: Rotation) -> ConfigurationError:
    """What is told where something is still under the old key, which is not at hand."""
    return ConfigurationError(
        f"the change of the pseudonym key that began at {rotation.at} is not finished and needs the old key too: set "
        f"it (id {rotation.old_id}) as {PSEUDONYM_KEY_VARIABLE}, and the new one as {NEW_PSEUDONYM_KEY_VARIABLE}"
    )
