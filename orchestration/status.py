"""`nanolift status`: what is published, and how the last runs ended."""

from __future__ import annotations

from pathlib import Path

from orchestration.delivering import describe_targets
from orchestration.generations import current, generations
from orchestration.settings import load_settings
from orchestration.workspace import Workspace

RUNS_SHOWN = 5
PARTITION_TAG = "dagster/partition"


def describe(directory: Path) -> str:
    """The workspace's state for the terminal.

    Raises:
        ConfigurationError: nanolift.toml is missing or not right.
    """
    workspace = Workspace.at(directory)
    settings = load_settings(workspace.configuration)
    now = current(workspace)
    if now is None:
        lines = ["published   nothing yet: nanolift run"]
    else:
        gates = now.manifest["gates"]
        lines = [
            f"published   {now.name}, as of {now.as_of} ({now.manifest['mode']})",
            f"exports     {now.path / 'exports'}",
            f"gates       {sum(gate['passed'] for gate in gates)} of {len(gates)} passed",
        ]
        lines += [f"stale       {source} since {day}" for source, day in sorted(now.manifest["stale_since"].items())]
        lines.append(f"kept        {len(generations(workspace))} generations")
    return "\n".join([*lines, *describe_targets(workspace, settings), *_last_runs(workspace)])


def _last_runs(workspace: Workspace) -> list[str]:
    """The newest runs by Dagster's own record, newest first."""
    if not (workspace.dagster_home / "dagster.yaml").exists():
        return []
    import dagster as dg

    with dg.DagsterInstance.from_config(str(workspace.dagster_home)) as instance:
        records = instance.get_run_records(limit=RUNS_SHOWN)
    runs = [(record.create_timestamp, record.dagster_run) for record in records]
    return [
        f"run         {at:%Y-%m-%d %H:%M} UTC for {run.tags.get(PARTITION_TAG, '?')}: {run.status.value.lower()}"
        for at, run in runs
    ]
