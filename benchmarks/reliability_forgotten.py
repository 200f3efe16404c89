"""Whole nights with 50 people who are erased, beside a world in which they never were.

Belongs here: the two workspaces, their nights, what differs between them. Does not: the figures, kills
(reliability_privacy.py).

Two workspaces of the same demo brand have one more source: in `market` it holds the canaries and bystanders
(reliability_canaries.py), in `free` the bystanders alone, as their rows read once nothing in them leads to a canary.
Both have real nights: landing, dbt, gates, training, scores, measurement, exports, report, publishing.

"Other people's rows unchanged" is three statements:

- landing: every landed row of the market after the erasure is a landed row of the free world, and the other way round.
  A row of somebody else differs from what was landed before only where it named an erased person.
- published: every table, export, report page, score list, model, measurement and drift file of the market after the
  erasure is that of the free world, table rows row for row, files byte for byte. Ranks, aggregates, copies, suppressed
  small groups and trained models may differ from those published before the erasure, since they are made of everybody:
  they must be what they would be had the people never been there. Aside are names and times of loads, and TOLD: how
  many rows the deliveries had, which is a fact about files, and counts whatever was withheld.
- pulled again: the same, of the next night, after the source has delivered the canaries once more, with news of all.

No model of before may be in use afterwards: the canaries belong to a campaign whose outcome the model of telling learns
from, so its files (trees, constants, card) are others without them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import reliability_canaries as canaries
from benchmarks.reliability_erasures import APART, KEY, different, erase, in_child, landed, needles
from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_nights import (
    DAY,
    NEXT_DAY,
    Ended,
    Warm,
    await_end,
    new_workspace,
    night,
    start,
    stop_clock,
    warm,
)
from benchmarks.reliability_search import hits
from benchmarks.reliability_state import digest, files_of, published

# Enough people for models to be trained.
SIZE = "1500"
# Which load brought a row, where in it, and when: not the same where a load was written anew.
LOADS = ("load_id", "row_no", "loaded_at")
# What shows how many rows the deliveries had.
TOLD = ("exports/data_quality.", "exports/all_outputs.xlsx", "report/index.html", "report/fr/index.html")
DELIVERIES = ("rows read",)


class Forgotten:
    """The two worlds, kept in a folder, so that a stop loses no night."""

    def __init__(self, folder: Path, people: int) -> None:
        self.people, self.told = people, folder / "told"
        self.market, self.free = folder / "market", folder / "free"
        self.steps: dict[str, Callable[[Warm], dict[str, Any]]] = {
            "without them": self._without_them,
            "before": self._before,
            "erased": self._erased,
            "again": self._again,
        }

    def go_on(self, journal: Journal) -> None:
        """The steps that are not done yet, as far as the time goes; all anew where the workspaces are gone."""
        folder = self.market.parent
        due = list(journal.due(self.steps))
        if not due or seconds_left() <= 0:
            return
        if not folder.exists():
            folder.mkdir(parents=True)
            due = list(self.steps)
        by = warm()
        try:
            for name in due:
                if seconds_left() > 0:
                    journal.write(name, **self.steps[name](by))
        finally:
            by.close()
        if not any(True for _ in journal.due(self.steps)):
            shutil.rmtree(folder)

    def _without_them(self, by: Warm) -> dict[str, Any]:
        self._new(self.free)
        canaries.write(self.free / "in", self.people, free=True)
        return {"seconds": self._night(by, self.free, DAY)}

    def _before(self, by: Warm) -> dict[str, Any]:
        self._new(self.market)
        canaries.write(self.market / "in", self.people)
        seconds = self._night(by, self.market, DAY)
        found, wanted = self._hits(), self._needles()
        unseen = len(set(map(str.lower, wanted)) - {each for here in found.values() for each in here})
        return {"seconds": seconds, "files": len(found), "unseen": unseen, "models": self._models()}

    def _erased(self, by: Warm) -> dict[str, Any]:
        """`nanolift erase`; a second call after a stop finishes what the first one began."""

        def work() -> dict[str, Any]:
            stop_clock()
            return erase(self.market, self.people)

        done = await_end(self.market, start(by, self.market, DAY, work=work))
        if not done.succeeded:
            raise RuntimeError(f"the erasure failed: {done.message}")
        receipt = json.loads(next((self.market / "receipts").glob("*_erasure_*.json")).read_text())
        return self._compared() | {
            "seconds": _seconds(done),
            "recalled": [each["file"] for each in receipt["recall"]],
            "models": self._models(),
            "trained": receipt["models_trained_anew"],
        }

    def _again(self, by: Warm) -> dict[str, Any]:
        canaries.write(self.free / "in", self.people, 1, free=True)
        canaries.write(self.market / "in", self.people, 1)
        seconds = [self._night(by, root, NEXT_DAY) for root in (self.free, self.market)]
        return self._compared() | {"seconds": seconds}

    def _new(self, root: Path) -> None:
        place = f'\n[[delivery]]\nname = "agency"\nkind = "folder"\npath = "{root}/place"\n'
        new_workspace(root, SIZE, place + canaries.toml())
        (root / "place").mkdir()  # deliveries go on asking for a folder that is not there

    @staticmethod
    def _night(by: Warm, root: Path, day: date) -> float:
        done = night(by, root, day)
        if not done.succeeded:
            raise RuntimeError(f"the night of {day} failed: {done.message}")
        return _seconds(done)

    def _in_child(self, work: Callable[[], Any]) -> Any:
        """Whatever reads frames starts threads, and no night can be forked from a process that has any."""
        return in_child(work, self.told)[0]

    def _needles(self) -> list[str]:
        named: list[str] = self._in_child(lambda: needles(self.people))
        return named

    def _hits(self) -> dict[str, list[str]]:
        """Also in what the last night said on the terminal."""
        wanted = self._needles()
        terminal = self.market / "logs" / "terminal.log"
        shutil.copy(self.market.with_name("market.night.log"), terminal)
        found: dict[str, list[str]] = self._in_child(lambda: hits(self.market, wanted, KEY, APART))
        terminal.unlink()
        return found

    def _models(self) -> list[str]:
        """A hash of each model in use, of all its files: what it learned, from whom, how it was judged."""
        files = files_of(self.market / "current" / "models")
        return sorted(digest(path.read_bytes()) for path in files if path.name == "SHA256SUMS")

    def _compared(self) -> dict[str, Any]:
        """The market as it is now, held against the free world."""
        roots = (self.market, self.free)
        rows, wanted = (self._in_child(lambda root=root: landed(root)) for root in roots)
        ours, theirs = (self._in_child(lambda root=root: published(root, LOADS)) for root in roots)
        differs = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
        told = [name for name in differs if name.startswith(TOLD)]
        if told and not self._in_child(lambda: _quality(self.market) == _quality(self.free)):
            told = []  # it says something else besides
        return {
            "hits": self._hits(),
            "landed": different(rows, wanted)[:20],
            "landed_differ": len(different(rows, wanted)),
            "landed_rows": len(wanted),
            "differs": sorted({*differs} - {*told}),
            "told": told,
            "looked_at": len(theirs),
        }


def _quality(root: Path) -> list[str]:
    """What data_quality says besides how many rows the deliveries had."""
    import polars as pl

    frame = pl.read_parquet(root / "current" / "exports" / "data_quality.parquet")
    return sorted(map(repr, frame.filter(~pl.col("item").is_in(DELIVERIES)).rows()))


def _seconds(done: Ended) -> float:
    return round(done.lines[-1][1], 1) if done.lines else 0.0
