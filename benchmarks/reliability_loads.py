"""Every load once, twice, five times, shuffled, in another order, late: the same marts and exports all the same.

A part of benchmarks/reliability.py. reliability_bends.py lists how deliveries come again. Two counts, one limit of 0:

- landings: each stream of the simulated market in each way, and late (half of its rows a landing later than the rest);
  what counts of each key afterwards is what counts where every file came once.
- nights: the whole pipeline, all streams at once in each way, on the nights of two days; a day once more; half of the
  streams a night late, then the other half; the warehouse built afresh instead of brought up to date. Afterwards every
  table (row for row, but for names and times of loads and the number of the run that staged a row), export, report,
  model, score and measurement (byte for byte) is that of nights that got every file once and in time. Where rows came
  more than once, data_quality says so: it is held to be the same but for "rows read" and "rows seen before"; the
  workbook and the report's first page, which show it, are counted apart (reload_told_of_deliveries).

reload_differences: tables, files and landings that are not the same.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.reliability_bends import BENDS, files_in, read, write
from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_nights import CLOCK, DAY, NEXT_DAY, Warm, copied, new_workspace, night, warm
from benchmarks.reliability_state import published

THIRD_DAY = NEXT_DAY + timedelta(days=1)
DAYS = (DAY, NEXT_DAY, THIRD_DAY)
LATE = "late"
LATES = (f"{LATE}_odd", f"{LATE}_even")
# Which load brought a row, where in it, and when, and the number of the run that staged it: not the same where it came
# another way, or where all of it was staged by one run.
LOADS = ("load_id", "row_no", "loaded_at", "staged_run_no")
QUALITY = "exports/data_quality"
TELL = (f"{QUALITY}.", "exports/all_outputs.xlsx", "report/index.html", "report/fr/index.html")
DELIVERIES = ("rows read", "rows seen before")
QUICK_SIZE, QUICK_STEP = "150", 5


def nothing(_folder: Path) -> None:
    """Every file once, in time."""


def delivered(root: Path, as_of: date) -> Path:
    """Have the simulated systems deliver for a day before its night does; the folder of the streams."""
    from orchestration.dbt import cutoff_of
    from orchestration.demo.source import prepare
    from orchestration.settings import load_settings
    from orchestration.workspace import Workspace

    workspace = Workspace.at(root)
    settings = load_settings(workspace.configuration)
    prepare(settings.sources[0], workspace, cutoff_of(as_of, settings.brand.timezone))
    return workspace.demo_world


def bent(root: Path, as_of: date, bend: Callable[[Path], None], held_back: Path | None = None) -> None:
    """A day's delivery, bent.

    Args:
        held_back: an earlier delivery; the streams it has stand in for the day's.
    """
    world = delivered(root, as_of)
    for folder in sorted(path for path in world.iterdir() if path.is_dir()):
        if held_back is not None and (held_back / folder.name).exists():
            shutil.rmtree(folder)
            shutil.copytree(held_back / folder.name, folder)
        bend(folder)


class Landings:
    """Each stream of a small market, landed in one way and another in a workspace of its own."""

    def __init__(self, folder: Path, size: str) -> None:
        self.folder = folder / "landings"
        root = new_workspace(self.folder / "world", size)
        self.world = delivered(root, DAY)
        self.streams = sorted(path.name for path in self.world.iterdir() if path.is_dir())

    def names(self) -> list[str]:
        return [f"landing {stream} {way}" for stream in self.streams for way in (*BENDS, LATE)]

    def trial(self, name: str) -> dict[str, Any]:
        """What differs from one landing of every file."""
        _, stream, way = name.split()
        once = self._landed(stream, [nothing])
        if way == LATE:
            found = self._landed(stream, [_first_halves, self._whole])
        else:
            again = [nothing, BENDS[way]] if way == "same_name" else [BENDS[way]]
            found = self._landed(stream, again)
        return {"differs": [] if found == once else [stream], "rows": len(once)}

    def _whole(self, folder: Path) -> None:
        shutil.rmtree(folder)
        shutil.copytree(self.world / folder.name, folder)

    def _landed(self, stream: str, landings: Sequence[Callable[[Path], None]]) -> list[tuple[Any, ...]]:
        """What counts of every key after landings of the delivery, each bent."""
        from orchestration.connectors.landing_rows import latest_versions
        from orchestration.connectors.loads import active_loads, read_loads
        from orchestration.connectors.streams import STREAMS
        from orchestration.workspace import Workspace

        root = self.folder / "root"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.world / stream, root / "demo_world" / stream)
        for number, bend in enumerate(landings):
            bend(root / "demo_world" / stream)
            _land(root, stream, CLOCK + timedelta(days=number))
        loads = active_loads(read_loads(Workspace.at(root).landing))
        return sorted(latest_versions([load.data for load in loads], STREAMS[stream]).rows())


def _land(root: Path, stream: str, at: datetime) -> None:
    """Land what lies there of one stream, as a source of kind demo does."""
    from pydantic import SecretStr

    from orchestration.connectors import parse_run
    from orchestration.connectors.landing import land_source
    from orchestration.demo.delivery import mappings
    from orchestration.environment import EXAMPLE_PSEUDONYM_KEY
    from orchestration.settings import Source
    from orchestration.workspace import Workspace
    from tests.bakery import parsed_here

    parse_run._started = parsed_here
    land_source(
        Source.model_validate({"name": "demo", "kind": "demo"}),
        [each for each in mappings(root / "demo_world", root) if each.stream == stream],
        Workspace.at(root),
        key=SecretStr(EXAMPLE_PSEUDONYM_KEY),
        loaded_at=at,
        real_data=root,
        brand_timezone="Europe/Paris",
    )


def _first_halves(folder: Path) -> None:
    for path in list(files_in(folder)):
        rows = read(path)
        write(rows.head(rows.height // 2), path)


class Nights:
    """The tiny market's nights of three days, and the same days with deliveries that come again or late."""

    def __init__(self, by: Warm, folder: Path) -> None:
        self.by, self.folder, self.root = by, folder, folder / "market"
        self.wanted: dict[date, dict[str, str]] = {}
        new_workspace(self.root)
        by.prepare(self.root)
        copied(self.root, folder / "new")
        for day in DAYS:
            self._night(day)
            self.wanted[day] = published(self.root, LOADS)
            copied(self.root, folder / day.isoformat())

    def trial(self, name: str) -> dict[str, Any]:
        """What differs from nights that got every file once and in time, and which streams are behind it."""
        way, last = name.removeprefix("nights "), NEXT_DAY
        if way in BENDS:
            self._from("new")
            for day in (DAY, NEXT_DAY):
                self._night(day, lambda day=day: bent(self.root, day, BENDS[way]))  # type: ignore[misc]
        elif way == "the_day_again":
            self._from(NEXT_DAY.isoformat())
            self._night(NEXT_DAY)
        elif way == "full_refresh":
            self._from(DAY.isoformat())
            self._night(NEXT_DAY, full_refresh=True)
        else:
            self._late(way.removeprefix(f"{LATE}_") == "even")
            last = THIRD_DAY
        found, wanted = published(self.root, LOADS), self.wanted[last]
        differs = sorted(each for each in found.keys() | wanted.keys() if found.get(each) != wanted.get(each))
        told = [each for each in differs if each.startswith(TELL)]
        if told and self._quality(self.root) != self._quality(self.folder / last.isoformat()):
            told = []  # it says something else besides
        return {"differs": sorted({*differs} - {*told}), "told": told, "looked_at": len(wanted)}

    @staticmethod
    def _quality(root: Path) -> list[tuple[Any, ...]]:
        """What data_quality says besides; read without Polars, whose threads a fork of the next night would lack."""
        import duckdb

        rows = duckdb.read_parquet(str(root / "current" / f"{QUALITY}.parquet"))
        return rows.filter(f"item not in {DELIVERIES}").fetchall()

    def _late(self, even: bool) -> None:
        """Half of the streams have only the first day's delivery on the second night, and all on the third."""
        self._from(DAY.isoformat())
        held = self.folder / "held"
        shutil.rmtree(held, ignore_errors=True)
        streams = sorted(path for path in (self.root / "demo_world").iterdir() if path.is_dir())
        for folder in streams[even::2]:
            shutil.copytree(folder, held / folder.name)
        self._night(NEXT_DAY, lambda: bent(self.root, NEXT_DAY, nothing, held), may_fail=True)
        self._night(THIRD_DAY)

    def _from(self, start: str) -> None:
        copied(self.folder / start, self.root)

    def _night(self, day: date, before: Callable[[], None] | None = None, may_fail: bool = False, **how: Any) -> None:
        done = night(self.by, self.root, day, before=before, **how)
        if not done.succeeded and not may_fail:
            raise RuntimeError(f"the night of {day} failed: {done.message}")


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over the trials that are done; quick: landings of a small market only."""
    folder = Path(tempfile.mkdtemp(prefix="nanolift-loads-"))
    journal = Journal("loads", folder) if quick else Journal("loads")
    nights = [] if quick else [f"nights {way}" for way in (*BENDS, "the_day_again", "full_refresh", *LATES)]
    try:
        by = warm() if any(True for _ in journal.due(nights)) else None
        if by is not None:
            market = Nights(by, folder)
            for name in journal.due(nights):
                if seconds_left() > 0:
                    journal.write(name, **market.trial(name))
            by.close()
        landings = Landings(folder, QUICK_SIZE if quick else '"tiny"')
        names = landings.names()[:: QUICK_STEP if quick else 1]
        for name in journal.due(names):
            if seconds_left() > 0:
                journal.write(name, **landings.trial(name))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    done = journal.of([*nights, *names])
    yield Figure("reload_differences", float(sum(len(each["differs"]) for each in done)), high=0)
    yield Figure(f"reload_done_of_{len(nights) + len(names)}", float(len(done)))
    yield Figure("reload_tables_and_files_looked_at", float(sum(each.get("looked_at", 0) for each in done)))
    yield Figure("reload_told_of_deliveries", float(sum(len(each.get("told", ())) for each in done)))
    yield Figure("reload_rows_landed", float(sum(each.get("rows", 0) for each in done)))
    for way in (*BENDS, *(LATE, "the_day_again", "full_refresh")):
        of_way = [each for each in done if each["trial"].split()[-1].startswith(way)]
        yield Figure(f"reload_differences_{way}", float(sum(len(each["differs"]) for each in of_way)))
