"""The commands `nanolift ui` and `nanolift daemon`: options only, quick to start."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestration.cli_options import WORKSPACE


@click.command()
@WORKSPACE
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True, help="On 127.0.0.1.")
@click.option("--read-only", is_flag=True, help="For viewers: look, start nothing.")
@click.option("--socket", type=click.Path(path_type=Path, dir_okay=False), help="File for a proxy instead of a port.")
@click.option("--origin", help="With --socket: what people type, https://HOST[:PORT].")
@click.option("--daemon/--no-daemon", default=True, show_default=True, help="Start scheduled runs too.")
def ui(workspace: Path, port: int, read_only: bool, socket: Path | None, origin: str | None, daemon: bool) -> None:
    """Open Dagster's UI for the workspace, on this machine only."""
    from orchestration.ui import Served, serve

    sys.exit(serve(workspace, Served(port, socket, origin, read_only, daemon)))


@click.command()
@WORKSPACE
def daemon(workspace: Path) -> None:
    """Start scheduled runs of the workspace, without the UI."""
    from orchestration.ui import run_daemon

    sys.exit(run_daemon(workspace))
