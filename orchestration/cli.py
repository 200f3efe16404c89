"""The `nanolift` command: thin, and quick to start. Each command imports what it needs when it is called."""

from __future__ import annotations

import gc
import sys
from datetime import date, datetime
from pathlib import Path

import click

from orchestration.cli_observe import alert, status
from orchestration.cli_options import WORKSPACE
from orchestration.cli_plan import plan
from orchestration.cli_privacy import access, erase
from orchestration.cli_retention import retain
from orchestration.cli_rotation import rotate_key
from orchestration.cli_ui import daemon, ui
from orchestration.errors import REFUSED, NanoliftError
from orchestration.telemetry import switch_off


def _day(_context: click.Context, _parameter: click.Parameter, value: datetime | None) -> date | None:
    return None if value is None else value.date()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="nanolift")
def cli() -> None:
    """What ordinary consumers, as a media channel, really cause in stores and online.

    Start with `nanolift init DIR --example demo`, then `nanolift run --workspace DIR`.
    """


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--example", type=click.Choice(["demo", "journey", "voices"]), help="Start from an example.")
def init(directory: Path, example: str | None) -> None:
    """Make a workspace: a folder with a commented nanolift.toml."""
    from orchestration.initialise import initialise

    click.echo(initialise(directory, example))


@cli.command()
@WORKSPACE
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), callback=_day, help="Closed day the run is for.")
@click.option("--full-refresh", is_flag=True, help="Build the warehouse afresh instead of from the last one.")
@click.option("--replay-at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S"]), help="See only what was landed by then (UTC).")
@click.option("--wait", "wait_seconds", type=click.IntRange(min=0), default=0, help="Seconds to wait for another run.")
def run(workspace: Path, as_of: date | None, full_refresh: bool, replay_at: datetime | None, wait_seconds: int) -> None:
    """Run the nightly job once: land, check, build, learn, measure, export, publish."""
    # A run makes many objects and few cycles: looking for these as often as Python does costs it seconds.
    gc.set_threshold(100_000, 50, 50)
    from orchestration.nightly import RunRequest, run_nightly

    outcome = run_nightly(
        RunRequest(workspace, as_of=as_of, full_refresh=full_refresh, replay_at=replay_at, wait_seconds=wait_seconds)
    )
    click.echo(outcome.message)
    sys.exit(0 if outcome.succeeded else 1)


@cli.command()
@WORKSPACE
def doctor(workspace: Path) -> None:
    """Say what is configured, what each output needs and what is missing."""
    from orchestration.doctor import examine

    report, healthy = examine(workspace)
    click.echo(report)
    sys.exit(0 if healthy else 1)


@cli.group()
def connect() -> None:
    """Connect a brand's systems."""


@connect.command("test")
@click.argument("source")
@WORKSPACE
def connect_test(source: str, workspace: Path) -> None:
    """Enter SOURCE, read a little of each of its streams and say what was seen; nothing is landed."""
    from orchestration.connect import try_source

    report, healthy = try_source(workspace, source)
    click.echo(report)
    sys.exit(0 if healthy else 1)


@cli.command()
@WORKSPACE
@click.option("--target", help="Name of one [[delivery]]; by default all.")
@click.option("--generation", help="Name of one generation; by default all that a target is still to get.")
@click.option("--wait", "wait_seconds", type=click.IntRange(min=0), default=0, help="Seconds to wait for a run.")
def deliver(workspace: Path, target: str | None, generation: str | None, wait_seconds: int) -> None:
    """Bring to the targets what is missing there; what has arrived is never sent again."""
    from orchestration.delivering import DeliveryRequest, deliver_missing

    message, all_arrived = deliver_missing(DeliveryRequest(workspace, target, generation, wait_seconds))
    click.echo(message)
    sys.exit(0 if all_arrived else 1)


@cli.command()
@WORKSPACE
@click.option("--to", "generation", help="Name of the generation; by default the one before the current one.")
def rollback(workspace: Path, generation: str | None) -> None:
    """Publish an earlier generation again."""
    from orchestration.publishing import roll_back

    click.echo(roll_back(workspace, generation))


@cli.command()
@WORKSPACE
def verify(workspace: Path) -> None:
    """Compare every byte of the published generation and of the landing with its recorded hash."""
    from orchestration.publishing import verify_workspace

    click.echo(verify_workspace(workspace))


@cli.command("train-text")
@click.argument("labels", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@WORKSPACE
@click.option("--language", default="en", show_default=True, help="Language of the labelled texts (ISO 639).")
def train_text(labels: Path, workspace: Path, language: str) -> None:
    """Learn from LABELS (columns text, sentiment, moments) how this brand's texts are to be read."""
    from orchestration.text_training import TrainingRequest, train_text

    click.echo(train_text(TrainingRequest(workspace, labels, language)))


@cli.command()
@WORKSPACE
@click.option("--rows", is_flag=True, help="Show the raw rows too: personal data, for your eyes only.")
def quarantine(workspace: Path, rows: bool) -> None:
    """Say which rows were set aside, and why."""
    from orchestration.quarantine_report import describe

    click.echo(describe(workspace, with_rows=rows))


@cli.command()
@WORKSPACE
@click.option("--stores", type=click.IntRange(min=1), multiple=True, default=(4, 8, 12), show_default=True)
@click.option("--weeks", type=click.IntRange(min=1), multiple=True, default=(4, 8), show_default=True)
@click.option("--lift", "lifts", type=click.FloatRange(min=0), multiple=True, default=(0.05, 0.1, 0.15))
@click.option("--counted", type=click.Choice(["receipts", "sales"]), default="receipts", show_default=True)
@click.option("--matched", is_flag=True, help="Treat one store of each pair, as `assign stores` does.")
@click.option("--draws", type=click.IntRange(min=10), default=60, show_default=True, help="Simulated campaigns a line.")
@click.option("--seed", type=int, default=1, show_default=True)
def power(
    workspace: Path,
    stores: tuple[int, ...],
    weeks: tuple[int, ...],
    lifts: tuple[float, ...],
    counted: str,
    matched: bool,
    draws: int,
    seed: int,
) -> None:
    """Say how many stores and weeks a campaign needs for a lift (0.15: 15 %) to be found."""
    from orchestration.planning import PowerRequest, power_table

    click.echo(power_table(PowerRequest(workspace, stores, weeks, lifts, counted, draws, matched, seed)))


@cli.group()
def assign() -> None:
    """Draw by lot, before launch, who takes part: stores in matched pairs, or people."""


CAMPAIGN = click.option("--campaign", required=True, help="The campaign's id.")
OUT = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="New CSV file.")
SEED = click.option("--seed", type=int, required=True, help="Write it down: the same seed draws the same.")


@assign.command("stores")
@WORKSPACE
@CAMPAIGN
@click.option("--treated", type=click.IntRange(min=1), required=True, help="Stores that take part.")
@SEED
@OUT
def assign_stores(workspace: Path, campaign: str, treated: int, seed: int, out: Path) -> None:
    """Draw stores: pairs alike in size and past, one store of a pair takes part."""
    from orchestration.planning import assign_stores_to

    click.echo(assign_stores_to(workspace, campaign, treated, seed, out))


@assign.command("people")
@click.argument("people", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@CAMPAIGN
@click.option("--holdout-share", type=click.FloatRange(0, 1, min_open=True, max_open=True), required=True)
@click.option("--stratum", "strata", multiple=True, help="Column to draw within; may be given several times.")
@click.option("--cluster", help="Column of what is drawn together: a household, a circle of friends.")
@SEED
@OUT
def assign_people(
    people: Path,
    campaign: str,
    holdout_share: float,
    strata: tuple[str, ...],
    cluster: str | None,
    seed: int,
    out: Path,
) -> None:
    """Draw the people of PEOPLE, a CSV with a column consumer_ref, into treatment and holdout."""
    from orchestration.planning import assign_people_to

    click.echo(assign_people_to(people, campaign, holdout_share, seed, out, strata, cluster))


cli.add_command(plan)
cli.add_command(status)
cli.add_command(alert)
cli.add_command(ui)
cli.add_command(daemon)
cli.add_command(erase)
cli.add_command(access)
cli.add_command(retain)
cli.add_command(rotate_key)


def main() -> None:
    """Entry point: errors nanolift raises on purpose are told without a traceback."""
    switch_off()
    try:
        cli()
    except NanoliftError as error:
        click.echo(f"nanolift: {error}", err=True)
        sys.exit(2)
    except OSError as error:
        if error.errno not in REFUSED:
            raise
        click.echo(f"nanolift: {error.strerror}: {error.filename or 'the workspace'}. {REFUSED[error.errno]}", err=True)
        sys.exit(2)
