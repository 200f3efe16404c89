"""The commands `nanolift status` and `nanolift alert`: options only, quick to start."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestration.cli_options import WORKSPACE


@click.command()
@WORKSPACE
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def status(workspace: Path, as_json: bool) -> None:
    """Say what is published, since when, and how the last run ended.

    Exit code 1: nothing was published for too long ([alerts] no_publish_hours), or the last run failed.
    """
    import json

    from orchestration.delivering import naive_utc
    from orchestration.status import status_of

    found = status_of(workspace, naive_utc())
    click.echo(json.dumps(found.content, indent=2, ensure_ascii=False) if as_json else found.text)
    sys.exit(0 if found.is_well else 1)


@click.command()
@WORKSPACE
@click.option("--test", "is_test", is_flag=True, help="Send a notice that says it is a test, to every channel.")
def alert(workspace: Path, is_test: bool) -> None:
    """Look at the workspace: tell what is newly wrong or over, write the metrics. For a timer, every hour.

    Exit code 1: a channel did not take a notice; it waits for the next look.
    """
    from orchestration.delivering import naive_utc
    from orchestration.observe.look import send_test
    from orchestration.observe.watching import look_now
    from orchestration.settings import load_settings
    from orchestration.workspace import Workspace

    place = Workspace.at(workspace)
    settings = load_settings(place.configuration)
    if is_test:
        said = send_test(settings, naive_utc())
        lines = [f"{name}: {words}" for name, words in said.items()] or ["[alerts] names no webhook and no e-mail."]
        click.echo("\n".join(lines))
        sys.exit(0 if said and set(said.values()) == {"sent"} else 1)
    memory, failures = look_now(place, settings)
    runbook = settings.alerts.runbook
    lines = [f"{cause.key}: {cause.summary}\n  {runbook}{cause.anchor}" for cause in memory.open.values()]
    click.echo("\n".join([*(lines or ["Nothing is wrong."]), *(f"not sent to {line}" for line in failures)]))
    sys.exit(1 if failures else 0)
