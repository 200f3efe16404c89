"""kill -9 at 200 points of a night: readers never see a mixture, and one more night makes it as if nothing had been.

A part of benchmarks/reliability.py. Half of the kills come before a change of the workspace's files drawn by lot (open
for writing, rename, link, remove, make a folder, outside the run's own scratch), half at a time drawn by lot within a
step drawn by lot, so that every step is met. Of four nights one is a brand's first. The whole process group dies.

After each kill: `current` is as before or the new one, and every byte of it is as its manifest says (mixed). Then the
same night is run again, by nobody's hand: it must succeed, and its tables, exports and report must be those of a night
nobody killed, byte for byte, with no file left over (not equal). A reader looks at `current` all along.

A night is the same function of what lies there before it. So a kill that left the very same bytes as an earlier one is
not followed by a night of its own; and the night after a kill within the landing is killed too as soon as the landing
is complete, and run to its end only where that leaves bytes that no night was run from before.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import threading
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_nights import DAY, NEXT_DAY, Ended, Kill, Warm, copied, new_workspace, night, warm
from benchmarks.reliability_state import left_by_kill, listing, published, whole
from orchestration.fingerprint import code_fingerprint

TRIALS, QUICK = 200, 4
FIRST_NIGHT_EVERY = 4


class Reader(threading.Thread):
    """Looks at what is published again and again, and holds every byte against the manifest when it changed."""

    def __init__(self, root: Path) -> None:
        super().__init__(daemon=True)
        self.root, self.looks, self.wrong, self.ended = root, 0, list[str](), threading.Event()

    def run(self) -> None:
        seen = None
        while not self.ended.wait(0.02):
            link = self.root / "current"
            now = link.readlink() if link.is_symlink() else None
            self.looks += 1
            if now is None and seen is not None:
                self.wrong.append("nothing is published any more")
            elif now != seen and (why := whole(self.root)):
                self.wrong.append(why)
            seen = now

    def stop(self) -> list[str]:
        self.ended.set()
        self.join()
        return self.wrong


class Market:
    """The two starting points, and what their uninterrupted nights give."""

    def __init__(self, by: Warm, folder: Path) -> None:
        self.by, self.root = by, folder / "market"
        self.starts = {True: folder / "first", False: folder / "second"}
        self.wanted: dict[bool, dict[str, str]] = {}
        self.files: dict[bool, frozenset[str]] = {}
        self.nights: dict[bool, Ended] = {}
        self.code = code_fingerprint()
        new_workspace(self.root)
        by.prepare(self.root)
        copied(self.root, self.starts[True])
        for first in (True, False):
            done = night(by, self.root, self.day(first))
            if not done.succeeded:
                raise RuntimeError(f"an uninterrupted night failed: {done.message}")
            self.nights[first] = done
            self.wanted[first], self.files[first] = published(self.root), listing(self.root)
            if first:
                copied(self.root, self.starts[False])

    @staticmethod
    def day(first: bool) -> Any:
        return DAY if first else NEXT_DAY

    def steps(self, first: bool) -> tuple[float, ...]:
        """Seconds of each step of the uninterrupted night, the time before the first one included."""
        ends = [0.0, *(at for _, at in self.nights[first].lines)]
        return tuple(later - earlier for earlier, later in pairwise(ends))

    def kill(self, seed: int) -> tuple[bool, Kill]:
        """Whether the night is the first, and where it is killed."""
        lot = random.Random(seed)
        first = seed % FIRST_NIGHT_EVERY == 0
        if lot.random() < 0.5:
            return first, Kill(change=lot.randint(1, self.nights[first].changes))
        return first, Kill(line=lot.randrange(len(self.steps(first))), fraction=lot.random())

    def trial(self, seed: int, known: dict[str, bool]) -> dict[str, Any]:
        """One kill and the night after it."""
        first, kill = self.kill(seed)
        copied(self.starts[first], self.root)
        reader = Reader(self.root)
        reader.start()
        killed = night(self.by, self.root, self.day(first), kill, self.steps(first))
        mixed = whole(self.root)
        left = self._state(first)
        said: dict[str, Any] = {
            "first": first,
            "change": kill.change,
            "line": kill.line,
            "killed": killed.succeeded is None,
            "after": killed.lines[-1][0].split("  ")[0] if killed.lines else "start",
        }
        states, wrong, nights = [left], "", 0
        if left not in known and killed.succeeded is None and not killed.lines:
            again = night(self.by, self.root, self.day(first), Kill(line=1))
            nights += 1
            states.append(self._state(first))
            wrong = f"the rerun failed: {again.message}" if again.succeeded is False else ""
        if states[-1] not in known and not wrong:
            again = night(self.by, self.root, self.day(first))
            nights += 1
            wrong = self._differs(first) if again.succeeded else f"the rerun failed: {again.message}"
        mixtures = reader.stop() + ([mixed] if mixed else [])
        equal = not wrong and known.get(states[-1], True)
        known |= dict.fromkeys(states, equal)
        return said | {
            "states": states,
            "nights": nights,
            "wrong": wrong,
            "equal": equal,
            "mixed": mixtures,
            "looks": reader.looks,
        }

    def _state(self, first: bool) -> str:
        return f"{'first' if first else 'second'} {self.code[:8]} {left_by_kill(self.root)}"

    def _differs(self, first: bool) -> str:
        found, wanted = published(self.root), self.wanted[first]
        different = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
        if different:
            return f"not as without a kill: {different[:5]}"
        more = sorted(listing(self.root) ^ self.files[first])
        return f"files left over or missing: {more[:5]}" if more else ""


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over the trials that are done, and how many those are."""
    names = [f"kill {seed:03d}" for seed in range(1, (QUICK if quick else TRIALS) + 1)]
    folder = Path(tempfile.mkdtemp(prefix="nanolift-kills-"))
    journal = Journal("kills", folder) if quick else Journal("kills")
    try:
        due = [name for name in journal.due(names) if seconds_left() > 0]
        if due:
            by = warm()
            market = Market(by, folder)
            known = {state: done["equal"] for done in journal.of(names) for state in done["states"]}
            for name in due:
                if seconds_left() <= 0:
                    break
                journal.write(name, **market.trial(int(name.split()[1]), known))
            by.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    done = journal.of(names)
    yield Figure("kills_mixed", float(sum(bool(each["mixed"]) for each in done)), high=0)
    yield Figure("kills_not_equal", float(sum(not each["equal"] for each in done)), high=0)
    yield Figure(f"kills_done_of_{len(names)}", float(len(done)))
    yield Figure("kills_ended_before_the_kill", float(sum(not each["killed"] for each in done)))
    yield Figure("kills_nights_run_again", float(sum(each["nights"] for each in done)))
    yield Figure("kills_looks_of_the_reader", float(sum(each["looks"] for each in done)))
