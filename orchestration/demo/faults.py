"""Faults by name: what goes wrong in a delivery, and what must happen then, declared beforehand.

Belongs here: each fault's name and expected effect. Does not: changing rows (fault_changes.py), noticing the change
(expectations, connectors).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import polars as pl

from orchestration.demo import fault_changes as changes
from orchestration.errors import ConfigurationError

Change = Callable[[pl.DataFrame, datetime], pl.DataFrame | None]


@dataclass(frozen=True)
class Fault:
    """A fault of one stream.

    Attributes:
        effect: what must happen: rows are quarantined; rows are counted as duplicates; a gate stops the run; the
            source is refused with an error that names the file or column (no gate is reached).
        expectation: part of the message a person must see; empty where the run goes on.
        gate: the gate that must stop the run, for effect "gate".
        rows: rows quarantined, or counted as duplicates beyond those of the same delivery without the fault.
        newest_file_only: it is a fault of the newest file; else of the delivered rows, whatever file they are in.
        needs_history: it shows only against an earlier published generation.
        change: rows and cut-off (naive UTC) to the faulty rows; None: no file.
    """

    name: str
    stream: str
    description: str
    effect: Literal["quarantined", "duplicates", "gate", "refused"]
    change: Change
    expectation: str = ""
    gate: Literal["landing", "marts", "features", "scores", "exports"] | None = None
    rows: int | None = None
    newest_file_only: bool = False
    needs_history: bool = False


def _stopped(name: str, stream: str, description: str, change: Change, expectation: str) -> Fault:
    """Rows at which the landing gate stops."""
    return Fault(name, stream, description, "gate", change, expectation, gate="landing")


def _file_stopped(name: str, stream: str, description: str, change: Change, expectation: str) -> Fault:
    """A newest file at which the landing gate stops."""
    return Fault(name, stream, description, "gate", change, expectation, gate="landing", newest_file_only=True)


def _refused(name: str, stream: str, description: str, change: Change, expectation: str) -> Fault:
    """A file that cannot be read as its mapping says."""
    return Fault(name, stream, description, "refused", change, expectation, newest_file_only=True)


_ALL = (
    _stopped(
        "late", "pos_lines", "most till lines of the last two days are not there yet", changes.late, "volume_ratio"
    ),
    Fault(
        "duplicated",
        "pos_lines",
        f"{changes.DUPLICATED_ROWS} till lines are delivered twice",
        "duplicates",
        changes.duplicated,
        rows=changes.DUPLICATED_ROWS,
        newest_file_only=True,
    ),
    Fault(
        "malformed",
        "consents",
        f"{changes.MALFORMED_ROWS} consents bear a date that is none",
        "quarantined",
        changes.malformed,
        rows=changes.MALFORMED_ROWS,
        newest_file_only=True,
    ),
    _refused(
        "malformed_mostly",
        "consents",
        "all consents' dates have another format",
        changes.malformed_mostly,
        "a column is not what it was",
    ),
    _stopped(
        "missing", "product_page_daily", "product pages lack their last day", changes.missing, "product_page_daily"
    ),
    _stopped("missing_day", "pos_lines", "the tills lack their last day", changes.missing_day, "pos_lines"),
    _refused("missing_file", "products", "the file of products is gone", changes.no_file, "products"),
    _refused("missing_column", "pos_lines", "till lines have no amount", changes.without_column, "net_amount_minor"),
    _refused(
        "renamed_column", "pos_lines", "the shopper's column has another name", changes.renamed_column, "consumer_ref"
    ),
    Fault(
        "drifting",
        "social_profiles",
        f"all accounts are looked at again, with {changes.DRIFT} times the followers",
        "gate",
        changes.drifting,
        "tier.",
        gate="marts",
        needs_history=True,
    ),
    _stopped("shifted_time_zone", "pos_lines", "till times of two weeks are another zone's", changes.shifted, "hour"),
    _file_stopped("empty", "pos_lines", "the newest file has no rows", changes.empty, "is_empty_delivery"),
    _file_stopped("all_null", "pos_lines", "no line of the newest file has a shopper", changes.all_null, "is_emptied"),
    _stopped("unit_change", "pos_lines", "amounts of three days are 100 times too high", changes.unit_change, "amount"),
    _stopped("tenfold_volume", "pos_lines", "the last day comes ten times, new ids", changes.tenfold, "volume_ratio"),
    _stopped("stale", "product_page_daily", "pages stand still for five days", changes.stale, "product_page_daily"),
)
FAULTS: dict[str, Fault] = {fault.name: fault for fault in _ALL}


def faults_named(names: tuple[str, ...]) -> tuple[Fault, ...]:
    """The faults of those names.

    Raises:
        ConfigurationError: a name that is none.
    """
    if unknown := sorted(set(names) - set(FAULTS)):
        raise ConfigurationError(f"the demo world has no fault {unknown}; it has {sorted(FAULTS)}")
    return tuple(FAULTS[name] for name in names)
