"""The commands about people's data: options only, quick to start."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestration.cli_options import WORKSPACE


@click.command()
@click.argument("people", nargs=-1, metavar="CONSUMER...")
@WORKSPACE
@click.option("--resume", is_flag=True, help="Finish an erasure that was stopped.")
@click.option("--wait", "wait_seconds", type=click.IntRange(min=0), default=0, help="Seconds to wait for a run.")
def erase(people: tuple[str, ...], workspace: Path, resume: bool, wait_seconds: int) -> None:
    """Forget people everywhere: landing, quarantine, vault, models, everything published.

    CONSUMER is a key out of an export, or what a source calls the person: loyalty:CARD, email:ADDRESS,
    social_account:PLATFORM:ACCOUNT, review_author:SITE:AUTHOR. "-" reads one a line from standard input, which keeps
    names out of the shell's history.
    """
    from orchestration.privacy.erase import EraseRequest, erase

    named = _named(people)
    if not named and not resume:
        raise click.UsageError("say whom (CONSUMER...), or --resume")
    message, done = erase(EraseRequest(workspace, named, wait_seconds))
    click.echo(message)
    sys.exit(0 if done else 1)


@click.command()
@click.argument("person", metavar="CONSUMER")
@WORKSPACE
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="New folder, mode 0700.")
@click.option("--wait", "wait_seconds", type=click.IntRange(min=0), default=0, help="Seconds to wait for a run.")
def access(person: str, workspace: Path, out: Path, wait_seconds: int) -> None:
    """Write down all that is held about one person, for that person: sources, rows, scores, consents, deliveries.

    CONSUMER as for `nanolift erase`; "-" reads it from standard input.
    """
    from orchestration.privacy.access import access

    (named,) = _named((person,)) or ("",)
    click.echo(access(workspace, named, out, wait_seconds))


def _named(people: tuple[str, ...]) -> tuple[str, ...]:
    lines = sys.stdin.read().splitlines() if "-" in people else []
    return (*(each for each in people if each != "-"), *(line.strip() for line in lines if line.strip()))
