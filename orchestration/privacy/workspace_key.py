"""Which pseudonym key a workspace lies under: told by an id that gives no key away, held against the environment's.

Belongs here: the id, the record of it, choosing the environment's key. Does not: changing the key (rotation*.py),
reading the environment (environment.py), pseudonyms (connectors/pseudonyms.py).

state/pseudonym_key.json says id and version of the key, and of those before it. Without it (a workspace of before, a
damaged record) the version is that of the landed loads, and a key is right if it opens the vault; whoever holds the
lock next writes the record anew.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from orchestration.connectors.loads import Load, read_loads
from orchestration.connectors.pseudonyms import KEY_VERSION
from orchestration.connectors.vault_box import Box
from orchestration.durable import write_json
from orchestration.environment import (
    NEW_PSEUDONYM_KEY_VARIABLE,
    PSEUDONYM_KEY_VARIABLE,
    new_pseudonym_key,
    pseudonym_key,
)
from orchestration.errors import ConfigurationError, IntegrityError
from orchestration.sealed import sealed, unsealed
from orchestration.settings import Settings
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class WorkspaceKey:
    """A pseudonym key with its version, which stands before every identity key made with it (k1_…)."""

    secret: SecretStr
    version: str = KEY_VERSION


@dataclass(frozen=True)
class Recorded:
    """What the record says.

    Attributes:
        key_id, version: of the key in use.
        former: key_id, version, until (ISO 8601, UTC) of those before, oldest first.
    """

    key_id: str
    version: str
    former: tuple[Mapping[str, str], ...] = ()


def key_id(key: SecretStr) -> str:
    """32 hex digits that tell keys apart, and from which nobody gets back to the key or to another use of it."""
    derived = HKDF(SHA256(), 16, salt=None, info=b"nanolift key id").derive(key.get_secret_value().encode())
    return derived.hex()


def next_version(version: str) -> str:
    """k1 → k2."""
    return f"k{int(version.removeprefix('k')) + 1}"


def recorded(workspace: Workspace) -> Recorded | None:
    """The record; None: there is none, or it is damaged, which is logged."""
    try:
        read = unsealed(json.loads(workspace.key_record.read_text(encoding="utf-8")), frozenset())
        return Recorded(str(read["key_id"]), str(read["version"]), tuple(read["former"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s is damaged (%s): it is made anew", workspace.key_record, type(error).__name__)
        return None


def write_record(workspace: Workspace, record: Recorded) -> None:
    """Keep the record durably."""
    content = {"key_id": record.key_id, "version": record.version, "former": [dict(each) for each in record.former]}
    write_json(workspace.key_record, sealed(content))


def environment_keys(settings: Settings) -> list[SecretStr]:
    """The environment's key, and the one that is to replace it where one is set.

    Raises:
        ConfigurationError: no key, or one that may not be one.
    """
    new = new_pseudonym_key(settings)
    return [pseudonym_key(settings), *([] if new is None else [new])]


def workspace_key(workspace: Workspace, settings: Settings) -> WorkspaceKey:
    """The environment's key, held against the record; nothing is written.

    A new key whose rotation is over counts, also while the environment still has it under the name for new keys.

    Raises:
        ConfigurationError: no key, or one that the workspace does not lie under.
    """
    keys, record = environment_keys(settings), recorded(workspace)
    if record is None:
        return WorkspaceKey(keys[0], landed_version(workspace))
    for key in keys:
        if key_id(key) == record.key_id:
            return WorkspaceKey(key, record.version)
    raise ConfigurationError(_refusal(workspace, keys, record))


def adopt_key(workspace: Workspace, settings: Settings) -> WorkspaceKey:
    """`workspace_key`, whose record is written where there is none. The caller holds the workspace's lock.

    Raises:
        ConfigurationError: no key, or one that the workspace does not lie under.
        IntegrityError: there is no record, and the vault does not open with the key.
    """
    key = workspace_key(workspace, settings)
    if recorded(workspace) is None:
        next(Box(workspace.vault, key.secret, "vault").read(), None)
        write_record(workspace, Recorded(key_id(key.secret), key.version))
    return key


def landed_version(workspace: Workspace) -> str:
    """The newest version that a landed load has; the first one where nothing is landed."""
    versions = {load.key_version for load in read_loads(workspace.landing)}
    return max(versions, key=lambda each: int(each.removeprefix("k")), default=KEY_VERSION)


def check_one_key(loads: Iterable[Load], version: str) -> None:
    """No warehouse is built of rows under two keys: one person would be two.

    Raises:
        IntegrityError: a load is under another key than the workspace.
    """
    other = [load for load in loads if load.key_version != version]
    if other:
        first = other[0]
        raise IntegrityError(
            f"{len(other)} loads are under another pseudonym key than the workspace ({version}), the first one "
            f"{first.source}/{first.stream}/{first.load_id} under {first.key_version}: was a backup of before a "
            "rotation put back? Put landing, quarantine, vault, suppression, lots and state back from one backup"
        )


def _refusal(workspace: Workspace, keys: list[SecretStr], record: Recorded) -> str:
    ids = {key_id(key) for key in keys}
    for former in reversed(record.former):
        if former["key_id"] in ids:
            return (
                f"{PSEUDONYM_KEY_VARIABLE} holds the key {former['version']}, which was replaced at {former['until']}: "
                f"{workspace.root} lies under {record.version} (id {record.key_id}). Set that one"
            )
    return (
        f"{PSEUDONYM_KEY_VARIABLE} holds a key that {workspace.root} does not lie under: that one has the id "
        f"{record.key_id} ({record.version}). To change the key, set the one in use there and the new one as "
        f"{NEW_PSEUDONYM_KEY_VARIABLE}, then `nanolift rotate-key`"
    )
