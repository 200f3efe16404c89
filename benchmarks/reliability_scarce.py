"""Whole nights that run out of room, or of memory: they fail cleanly or complete, and what was published stays.

Belongs here: such nights, the night afterwards. Does not: the figures, single steps (reliability_room.py).

The workspace is a tmpfs; a night of its second day is run with all the room there is, which tells how much it needs at
its peak, then with an eighth of that, two eighths, and so on. For memory the night's process and all that it starts get
RLIMIT_DATA (private writable memory): what the process has when the night begins, and a share of what the night added
at its peak when nothing held it. A library that is refused memory may end the process on the spot; that is a kill, and
counted apart. After each such night `current` is what it was, or the new one, byte for byte (mixed); then the night
is run with enough, and must leave what it leaves when there was enough all along (wrong).
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_nights import DAY, NEXT_DAY, Ended, Warm, new_workspace, night, warm
from benchmarks.reliability_state import listing, published, whole
from orchestration.fingerprint import code_fingerprint

EIGHTHS = 8
# Eighths of the room, hundredths of the memory, in an order in which an early stop has seen the most.
NAMES = (
    *("memory 50", "disk 4", "disk 6", "memory 25", "disk 2", "disk 7", "memory 75", "disk 0", "disk 5", "memory 0"),
    *("disk 3", "disk 1"),
)
PAGE, ENOUGH = 4_096, 4 << 30


def mount(place: Path, size: int, *options: str) -> None:
    """A tmpfs of so many bytes, or (with "remount") another size of it."""
    how = ",".join((f"size={size}", *options))
    subprocess.run(["mount", "-t", "tmpfs", "-o", how, "tmpfs", str(place)], check=True, capture_output=True)


@contextmanager
def mounted(place: Path, size: int) -> Iterator[None]:
    """A tmpfs for as long as something is done on it."""
    place.mkdir(exist_ok=True)
    mount(place, size)
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


class Highest(threading.Thread):
    """The highest value that was read in a while."""

    def __init__(self, read: Callable[[], int], told: Path | None = None) -> None:
        super().__init__(daemon=True)
        self.read, self.told, self.peak, self.ended = read, told, read(), threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.05):
            now = self.read()
            if now > self.peak:
                self.peak = now
                if self.told is not None:
                    self.told.write_text(str(now))

    def stop(self) -> int:
        self.ended.set()
        self.join()
        return self.peak


def private_bytes() -> int:
    """Private writable memory of this process, as RLIMIT_DATA counts it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmData:")))


class Scarce:
    """A workspace with one generation, kept in a folder so that a stop loses no night, and its next night."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root, self.sound = folder, folder / "disk", folder / "sound"
        self.told, self.measured = folder / "private_bytes", folder / "measured.json"

    def go_on(self, journal: Journal) -> None:
        """The nights that are not done yet, as far as the time goes."""
        due = list(journal.due(NAMES))
        if not due or seconds_left() <= 0:
            return
        by = warm()
        try:
            self.need = self._measured(by)
            for name in due:
                if seconds_left() > 0:
                    journal.write(name, **self._trial(by, name))
        finally:
            by.close()
        if not any(True for _ in journal.due(NAMES)):
            shutil.rmtree(self.folder)

    def _measured(self, by: Warm) -> dict[str, Any]:
        """What the second night leaves and needs: bytes of room, of private memory at its start and at its peak."""
        code = code_fingerprint()
        known: dict[str, Any] = json.loads(self.measured.read_text()) if self.measured.exists() else {}
        if known.get("code") != code:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            with mounted(self.root, ENOUGH):
                new_workspace(self.sound)
                self._fill()
                self._night(by, DAY)
                shutil.rmtree(self.sound)
                shutil.copytree(self.root, self.sound, symlinks=True)
            known = {"code": code}
            self.measured.write_text(json.dumps(known))
        if "wanted" not in known:
            with mounted(self.root, ENOUGH):
                self._fill()
                room = Highest(self._used)
                used = room.peak
                room.start()
                self._night(by, NEXT_DAY, before=self._watch_memory)
                known |= {"used": used, "room": room.stop() - used}
                known |= {name: int(self.told.with_suffix(f".{name}").read_text()) for name in ("start", "peak")}
                known |= {"wanted": published(self.root), "files": sorted(listing(self.root))}
            self.measured.write_text(json.dumps(known))
        return known

    def _trial(self, by: Warm, name: str) -> dict[str, Any]:
        what, number = name.split()
        size, before = ENOUGH, None
        if what == "disk":
            size = self.need["used"] + PAGE + self.need["room"] * int(number) // EIGHTHS
        else:
            limit = self.need["start"] + (self.need["peak"] - self.need["start"]) * int(number) // 100
            before = lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))  # noqa: E731
        with mounted(self.root, size):
            self._fill()
            ended = night(by, self.root, NEXT_DAY, before=before)
            mixed = whole(self.root)
            mount(self.root, ENOUGH, "remount")
            again = ended if ended.succeeded else night(by, self.root, NEXT_DAY)
            wrong = self._differs() if again.succeeded else [f"the rerun failed: {again.message}"]
        after = ended.lines[-1][0].split("  ")[0] if ended.lines else "start"
        return {
            **{"completed": bool(ended.succeeded), "killed": ended.succeeded is None, "after": after},
            **{"mixed": mixed, "wrong": wrong[:5], "said": (ended.message or "")[:300]},
            **{name: self.need[name] for name in ("room", "start", "peak")},
        }

    def _fill(self) -> None:
        shutil.copytree(self.sound, self.root, symlinks=True, dirs_exist_ok=True)

    def _used(self) -> int:
        return shutil.disk_usage(self.root).used

    def _watch_memory(self) -> None:
        now = private_bytes()
        for each in (".start", ".peak"):
            self.told.with_suffix(each).write_text(str(now))
        Highest(private_bytes, self.told.with_suffix(".peak")).start()

    def _night(self, by: Warm, day: Any, **how: Any) -> Ended:
        done = night(by, self.root, day, **how)
        if not done.succeeded:
            raise RuntimeError(f"a night with enough of all failed: {done.message}")
        return done

    def _differs(self) -> list[str]:
        found, wanted = published(self.root), self.need["wanted"]
        differs = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
        return differs + sorted(listing(self.root) ^ set(self.need["files"]))


def is_possible() -> bool:
    """Only root mounts."""
    return os.geteuid() == 0
