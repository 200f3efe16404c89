"""The command that lets go of what is over: options only, quick to start."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from orchestration.cli_options import WORKSPACE


@click.command()
@WORKSPACE
@click.option("--dry-run", "is_dry", is_flag=True, help="Only say what would go.")
@click.option("--wait", "wait_seconds", type=click.IntRange(min=0), default=0, help="Seconds to wait for a run.")
def retain(workspace: Path, is_dry: bool, wait_seconds: int) -> None:
    """Let go of what is older than [retention] of nanolift.toml allows; every run does so too.

    Landed rows, quarantine, plans, receipts, lines of vault.log and unused references, each by its own window; what has
    none is kept. A signed receipt has the counts.
    """
    from orchestration.privacy.retention import RetainRequest, retain_now
    from orchestration.settings import load_settings

    now = datetime.now(UTC)
    settings = load_settings(workspace / "nanolift.toml")
    day = settings.brand.as_of or settings.last_closed_day(now)
    click.echo(retain_now(RetainRequest(workspace, now.replace(tzinfo=None), day, is_dry, wait_seconds)))
