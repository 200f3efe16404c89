"""The only reader of the environment: secrets by name, the pseudonym key, where files of others lie.

Belongs here: environment variables, their checks, what to do where one lacks. Does not: nanolift.toml (settings.py).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from pydantic import SecretStr

from orchestration.errors import ConfigurationError
from orchestration.settings import Settings

# The key of the examples: published on purpose, so that anybody gets the same pseudonyms. Refused elsewhere.
EXAMPLE_PSEUDONYM_KEY = "nanolift-example-key-published-and-not-a-secret"
PSEUDONYM_KEY_VARIABLE = "NANOLIFT_PSEUDONYM_KEY"
# The key that `nanolift rotate-key` puts in its place.
NEW_PSEUDONYM_KEY_VARIABLE = "NANOLIFT_NEW_PSEUDONYM_KEY"
SHORTEST_PSEUDONYM_KEY = 32
# Which workspace Dagster's own processes (webserver, daemon) serve; `nanolift ui` sets it.
WORKSPACE_VARIABLE = "NANOLIFT_WORKSPACE"
_LIKE_A_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,60}")


def pseudonym_key(settings: Settings) -> SecretStr:
    """The HMAC key of the workspace's pseudonyms, from the environment; the published one for the examples.

    Raises:
        ConfigurationError: no key, too short a key, or the published key outside the examples.
    """
    if settings.example is not None:
        return SecretStr(EXAMPLE_PSEUDONYM_KEY)
    return _own_key(PSEUDONYM_KEY_VARIABLE)


def new_pseudonym_key(settings: Settings) -> SecretStr | None:
    """The key that is to take the place of the workspace's; None: none is set, or it is an example.

    Raises:
        ConfigurationError: too short a key, or the published one.
    """
    if settings.example is not None or not os.environ.get(NEW_PSEUDONYM_KEY_VARIABLE):
        return None
    return _own_key(NEW_PSEUDONYM_KEY_VARIABLE)


def _own_key(variable: str) -> SecretStr:
    value = os.environ.get(variable, "")
    if len(value) < SHORTEST_PSEUDONYM_KEY or value == EXAMPLE_PSEUDONYM_KEY:
        raise ConfigurationError(
            f"{variable} must hold this workspace's own secret of at least {SHORTEST_PSEUDONYM_KEY} "
            "characters (for instance from `openssl rand -hex 32`); the examples' published key is refused here"
        )
    return SecretStr(value)


def secret(name: str) -> SecretStr:
    """A secret of a source, from the environment variable that its configuration names.

    Raises:
        ConfigurationError: the variable is not set, or empty.
    """
    value = os.environ.get(name, "")
    if not value:
        # Whoever wrote the secret itself in place of a name finds the line by this, and nobody else reads it.
        shown = name if _LIKE_A_VARIABLE.fullmatch(name) else "that begins with " + name[:2] + "…"
        raise ConfigurationError(f"the environment variable {shown} must hold a secret that nanolift.toml refers to")
    return SecretStr(value)


def real_data_directory() -> Path:
    """Where the voices example finds its files: NANOLIFT_REAL_DATA, by default ../shared/data beside the checkout."""
    return Path(os.environ.get("NANOLIFT_REAL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def workspace_directory() -> Path:
    """The workspace Dagster's own processes serve.

    Raises:
        ConfigurationError: NANOLIFT_WORKSPACE is not set.
    """
    value = os.environ.get(WORKSPACE_VARIABLE)
    if not value:
        raise ConfigurationError(f"{WORKSPACE_VARIABLE} must name a workspace; `nanolift ui --workspace DIR` sets it")
    return Path(value)
