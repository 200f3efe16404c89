"""`nanolift init`: a new workspace from an example or from the commented template."""

from __future__ import annotations

from pathlib import Path

from orchestration.errors import ConfigurationError
from orchestration.settings import PSEUDONYM_KEY_VARIABLE
from orchestration.workspace import Workspace

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
TEMPLATE = "template"

DAGSTER_YAML = """# Written by nanolift: this workspace's Dagster instance.
telemetry:
  enabled: false
nux:
  enabled: false
# A machine that was down catches up on a month of nights; Dagster itself would leave out all but the last five.
scheduler:
  module: dagster._core.scheduler
  class: DagsterDaemonScheduler
  config:
    max_catchup_runs: 31
"""


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
    """The workspace's Dagster home, with its configuration; made where it is missing."""
    workspace.dagster_home.mkdir(parents=True, exist_ok=True)
    configuration = workspace.dagster_home / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(DAGSTER_YAML, encoding="utf-8")
    return workspace.dagster_home
