"""What can be told of a workspace from outside of a run: what is published, how the last run ended, what stands still.

Belongs here: reading. Does not: judging (causes.py), telling (alerts.py, metrics.py, orchestration/status.py).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.connectors.loads import from_iso, read_loads
from orchestration.doctor import room
from orchestration.errors import IntegrityError
from orchestration.exports.delivery.record import due, read_records
from orchestration.generations import Generation, current, generations
from orchestration.observe.record import RunRecord, read_record
from orchestration.settings import Settings
from orchestration.workspace import Build, Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Published:
    """A generation, and when it was published (naive UTC)."""

    name: str
    as_of: date
    at: datetime


@dataclass(frozen=True)
class Facts:
    """A workspace at an instant. All instants are naive UTC.

    Attributes:
        begun_at: when the workspace was configured.
        is_study: its day is fixed (brand.as_of): nothing new is to be expected.
        newest: the newest generation that is or was the current one; None: nothing was published.
        is_damaged: the current generation's manifest is not what was published.
        record: the last run's; None: there was none.
        undelivered: target, generation and why it did not arrive, of those that were tried in vain.
        drift: rows of measurement/drift of the current generation; calibration: of its models, of model_quality.
        last_loads: source → when its newest load was landed.
    """

    now: datetime
    brand: str
    begun_at: datetime
    is_study: bool
    newest: Published | None
    is_damaged: bool
    record: RunRecord | None
    undelivered: tuple[tuple[str, str, str], ...]
    drift: tuple[dict[str, Any], ...]
    calibration: tuple[dict[str, Any], ...]
    last_loads: dict[str, datetime]
    free_bytes: int
    needed_bytes: int

    @property
    def hours_without_publish(self) -> float:
        """Since the last publication; where there was none, since the workspace was configured."""
        since = self.begun_at if self.newest is None else self.newest.at
        return (self.now - since) / timedelta(hours=1)


def gather(workspace: Workspace, settings: Settings, now: datetime) -> Facts:
    """Read a workspace.

    Raises:
        IntegrityError: a record of a load or a delivery that cannot be read.
    """
    found, here = generations(workspace), current(workspace)
    readable = here is not None and here.is_readable
    free, needed = room(workspace)
    last_loads: dict[str, datetime] = {}
    for load in read_loads(workspace.landing):
        at = from_iso(load.loaded_at)
        last_loads[load.source] = max(at, last_loads.get(load.source, at))
    return Facts(
        now=now,
        brand=settings.brand.name,
        begun_at=_changed_at(workspace.configuration),
        is_study=settings.brand.as_of is not None,
        newest=_newest(found),
        is_damaged=here is not None and not readable,
        record=read_record(workspace),
        undelivered=_undelivered(workspace, settings, found, here if readable else None),
        drift=_rows(here, "drift"),
        calibration=tuple(row for row in _rows(here, "model_quality") if str(row["figure"]).startswith("calibration_")),
        last_loads=last_loads,
        free_bytes=free,
        needed_bytes=needed,
    )


def _newest(found: list[Generation]) -> Published | None:
    """A backfill of an older day is not what people wait for."""
    newest = max(found, key=lambda each: (each.as_of, each.manifest["published_sequence"]), default=None)
    if newest is None:
        return None
    return Published(newest.name, newest.as_of, _changed_at(Build(newest.path).manifest))


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)


def _undelivered(
    workspace: Workspace, settings: Settings, found: list[Generation], here: Generation | None
) -> tuple[tuple[str, str, str], ...]:
    lines = []
    for spec in settings.delivery:
        records = read_records(workspace, spec.name)
        waiting = {each.name for each in due(found, records, here)}
        tried = [each for name, each in records.items() if name in waiting and not each.is_delivered]
        lines += [(spec.name, each.generation, each.why) for each in tried]
    return tuple(sorted(lines))


def _rows(generation: Generation | None, name: str) -> tuple[dict[str, Any], ...]:
    """A measurement of a generation; none where it is missing or damaged."""
    file = None if generation is None else generation.path / "measurement" / f"{name}.parquet"
    if generation is None or file is None or not file.exists():
        return ()
    try:
        if not generation.is_sound(file):
            raise IntegrityError("its bytes are not those that were published")
        return tuple(pl.read_parquet(file).iter_rows(named=True))
    except IntegrityError as error:
        logger.warning("%s is left out: %s", file, error)
        return ()
