"""The command that changes the pseudonym key: options only, quick to start. Keys come from the environment."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestration.cli_options import WORKSPACE


@click.command("rotate-key")
@WORKSPACE
@click.option("--wait", "wait_seconds", type=click.IntRange(min=0), default=0, help="Seconds to wait for a run.")
def rotate_key(workspace: Path, wait_seconds: int) -> None:
    """Put the workspace under another pseudonym key, or finish a change that was stopped.

    NANOLIFT_PSEUDONYM_KEY holds the key in use, NANOLIFT_NEW_PSEUDONYM_KEY the one that takes its place. Landing,
    quarantine, vault, suppression list and receipts are put under it, a generation is published anew and the older ones
    are purged. People keep their lots: nobody enters or leaves a holdout.
    """
    from orchestration.privacy.rotation import RotateRequest, rotate

    message, done = rotate(RotateRequest(workspace, wait_seconds))
    click.echo(message)
    sys.exit(0 if done else 1)
