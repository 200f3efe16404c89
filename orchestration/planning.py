"""`nanolift power` and `nanolift assign`: what a test could find, and who takes part by lot.

Belongs here: reading the published generation, writing the file of members. Does not: the arithmetic (ml/planning,
ml/measurement/store_lift/power.py). The file holds the brand's own references: it stays where the brand keeps people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from ml.arrays import FloatArray
from ml.errors import MLError
from ml.measurement.store_lift.panel import history
from ml.measurement.store_lift.power import power_curve
from ml.planning.assignment import assign_people, assign_stores
from orchestration.errors import ConfigurationError, SourceError
from orchestration.exports.cells import harmless
from orchestration.generations import current
from orchestration.settings import load_settings
from orchestration.workspace import Build, Workspace

COUNTED = {"sales": "net_amount_minor", "receipts": "transactions_count"}
HISTORY_WEEKS = 78


@dataclass(frozen=True)
class PowerRequest:
    """What `nanolift power` is asked: every pair of stores and weeks is tried with every lift."""

    workspace: Path
    stores: Sequence[int]
    weeks: Sequence[int]
    lifts: Sequence[float]
    counted: str = "receipts"
    draws: int = 60
    matched: bool = False
    seed: int = 1


def power_table(request: PowerRequest) -> str:
    """How often each lift would be found, by number of stores and weeks, as a table for the terminal.

    Raises:
        ConfigurationError: nothing is published yet.
        SourceError: the past is too short, or too few stores are known.
    """
    stores, past = store_history(request.workspace, request.counted)
    lines = [
        f"{len(stores)} stores, {past.shape[1]} weeks of {request.counted}; {request.draws} draws a line; found: range "
        "and untouched groups agree at 90 %",
        f"{'stores':>8}{'weeks':>8}" + "".join(f"{f'+{lift:.0%}':>10}" for lift in request.lifts),
    ]
    for count in request.stores:
        for weeks in request.weeks:
            try:
                found = power_curve(
                    past,
                    stores=count,
                    periods=weeks,
                    lifts=request.lifts,
                    seed=request.seed,
                    draws=request.draws,
                    periods_before=52,
                    matched=request.matched,
                )
            except MLError as error:
                raise SourceError(f"no power for {count} stores and {weeks} weeks: {error}") from error
            lines.append(f"{count:>8}{weeks:>8}" + "".join(f"{power:>10.0%}" for power in found["power"]))
    return "\n".join(lines)


def store_history(directory: Path, counted: str) -> tuple[list[str], FloatArray]:
    """Stores open all the time and their sales or receipts by week, from the published generation."""
    workspace = Workspace.at(directory)
    load_settings(workspace.configuration)
    now = current(workspace)
    if now is None:
        raise ConfigurationError(f"{directory} has nothing published yet: nanolift run")
    with duckdb.connect(str(now.sound(Build(now.path).warehouse.name)), read_only=True) as connection:
        days, stores = (
            pl.DataFrame(pl.from_arrow(connection.table(f"marts.{name}").to_arrow_table()))
            for name in ("fct_store_days", "dim_stores")
        )
    try:
        return history(
            days.filter(pl.col("channel") == "store"), stores, now.as_of, HISTORY_WEEKS, value=COUNTED[counted]
        )
    except MLError as error:
        raise SourceError(f"{directory}: {error}") from error


def assign_stores_to(directory: Path, campaign: str, treated: int, seed: int, out: Path) -> str:
    """Draw stores in matched pairs and write the file of members."""
    stores, past = store_history(directory, "sales")
    try:
        members = assign_stores(stores, past, campaign, treated, seed)
    except MLError as error:
        raise SourceError(str(error)) from error
    return _written(members, out)


def assign_people_to(
    people: Path, campaign: str, holdout_share: float, seed: int, out: Path, strata: Sequence[str], cluster: str | None
) -> str:
    """Draw the people of a CSV (column consumer_ref) and write the file of members."""
    try:
        rows = pl.read_csv(people, infer_schema=False)
        members = assign_people(rows, campaign, holdout_share, seed, strata=strata, cluster=cluster)
    except (MLError, pl.exceptions.PolarsError) as error:
        raise SourceError(f"{people}: {error}") from error
    return _written(members, out)


def _written(members: pl.DataFrame, out: Path) -> str:
    if out.exists():
        raise SourceError(f"{out} is already there: a draw is made once; choose another name to draw again")
    # The file is landed as it stands, so nothing in it may be defused; a phone number as a reference is no formula.
    for name in members.select(pl.col(pl.String)).columns:
        text = pl.col(name)
        live = members.filter(text != harmless(text), ~text.str.contains(r"^\+\d+$")).height
        if live:
            raise SourceError(f"{live} values of {name} would run as formulas in a spreadsheet: correct them first")
    members.write_csv(out, datetime_format="%Y-%m-%dT%H:%M:%SZ")
    counts = members.group_by("arm").len().sort("arm")
    told = ", ".join(f"{count:,} {arm}" for arm, count in counts.iter_rows())
    return f"{out}: {told}. Land it as the stream campaign_members (docs/methods/store_lift.md shows the mapping)."
