"""`nanolift init`: a new workspace from an example or from the commented template."""

from __future__ import annotations

from pathlib import Path

from orchestration.durable import sha256_of
from orchestration.environment import PSEUDONYM_KEY_VARIABLE
from orchestration.errors import ConfigurationError
from orchestration.workspace import Workspace

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
TEMPLATE = "template"

DAGSTER_YAML = """# Written by nanolift: this workspace's Dagster instance.
telemetry:
  enabled: false
nux:
  enabled: false
# One night at a time, in the order of their days: they share a workspace.
concurrency:
  runs:
    max_concurrent_runs: 1
"""

# SHA-256 of what earlier versions wrote there.
_WRITTEN_BEFORE = frozenset(
    (
        "3d5fc18c5fd5803e4628f257f20efeead6aaf43561a1e0552973cac10c9b50af",
        "e516a3b7c62bdc7b826938f09098e2c27879f5fcf9c83d04d55f94c709604591",
    )
)


def initialise(directory: Path, example: str | None) -> str:
    """Write a workspace's nanolift.toml and its Dagster instance.

    Returns:
        What to do next, for the terminal.

    Raises:
        ConfigurationError: there is a nanolift.toml already.
    """
    workspace = Workspace.at(directory)
    if workspace.configuration.exists():
        raise ConfigurationError(f"{workspace.configuration} exists already: edit it, or choose another folder")
    workspace.root.mkdir(parents=True, exist_ok=True)
    template = (EXAMPLES / (example or TEMPLATE) / "nanolift.toml").read_text(encoding="utf-8")
    workspace.configuration.write_text(template, encoding="utf-8")
    prepare_dagster_home(workspace)
    if example:
        return f"{workspace.configuration} is written. Next: nanolift run --workspace {directory}"
    return (
        f"{workspace.configuration} is written. Next: describe your sources in it, set {PSEUDONYM_KEY_VARIABLE} "
        f"(openssl rand -hex 32), then nanolift doctor --workspace {directory}"
    )


def prepare_dagster_home(workspace: Workspace) -> Path:
    """The workspace's Dagster home; its configuration is written where it is missing or an earlier version wrote it."""
    workspace.dagster_home.mkdir(parents=True, exist_ok=True)
    configuration = workspace.dagster_home / "dagster.yaml"
    if not configuration.exists() or sha256_of(configuration) in _WRITTEN_BEFORE:
        configuration.write_text(DAGSTER_YAML, encoding="utf-8")
    return workspace.dagster_home
