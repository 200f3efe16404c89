"""The disk fills up at 20 sizes: landing and publishing fail cleanly or complete, what was published stays, room heals.

A part of benchmarks/reliability.py; root only, since each workspace lies on a tmpfs of its own size: what is there
already, and a twentieth more each time of what the work needs; then whole nights without room or memory
(reliability_scarce.py). room_mixed, memory_mixed: `current` names anything but a whole generation afterwards, or a full
disk ended the work by a signal. room_not_mended, memory_not_mended: with enough of it again, the same work does not
leave what it leaves when there was enough all along. nanolift refuses to start without a gigabyte of room
(doctor.check_room); here that is switched off.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.reliability_journal import RESULTS, Journal, seconds_left
from benchmarks.reliability_scarce import ENOUGH, NAMES, PAGE, Scarce, is_possible, mount, mounted
from benchmarks.reliability_seams import SEAMS, in_child
from benchmarks.reliability_state import whole

SIZES, QUICK = 20, 3


def trial(seam: str, sound: Path, place: Path, size: int, wanted: dict[str, str]) -> dict[str, Any]:
    """One size: the work on a disk that may fill up, then with room."""
    _, work, left = SEAMS[seam]
    told = place.with_name("told")
    with mounted(place, size):
        root = place / "root"
        shutil.copytree(sound, root, symlinks=True)
        status = in_child(work, root, None, told)
        mixed = whole(root)
        mount(place, ENOUGH, "remount")
        again = in_child(work, root, None, told)
        found = left(root) if again == 0 else {}
        wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        # A signal is no clean end; an exit status is.
        return {"full": status != 0, "killed": os.WIFSIGNALED(status), "mixed": mixed, "wrong": wrong[:5]}


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over the sizes of both seams, and over the nights (full count only)."""
    if not is_possible():
        yield Figure("room_done_of_0", 0.0)
        return
    from orchestration import doctor

    doctor.ROOM_FACTOR = doctor.SMALLEST_ROOM_BYTES = 0
    folder = Path(tempfile.mkdtemp(prefix="nanolift-room-"))
    journal = Journal("room", folder) if quick else Journal("room")
    sizes, done = QUICK if quick else SIZES, list[dict[str, Any]]()
    try:
        for seam, (prepare, work, left) in SEAMS.items():
            sound, place = folder / seam, folder / "step"
            prepare(sound)
            with mounted(place, ENOUGH):
                shutil.copytree(sound, place / "root", symlinks=True)
                before = shutil.disk_usage(place).used
                if in_child(work, place / "root", None, folder / "told"):
                    raise RuntimeError(f"{seam} fails although there is room")
                wanted, needed = left(place / "root"), shutil.disk_usage(place).used - before
            names = [f"{seam} {number}" for number in range(sizes)]
            for name in journal.due(names):
                if seconds_left() > 0:
                    size = before + PAGE + needed * int(name.split()[1]) // sizes
                    journal.write(name, size=size, **trial(seam, sound, place, size, wanted))
            done += journal.of(names)
        if not quick:
            Scarce(RESULTS / "reliability_room_nights").go_on(journal)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    nights = journal.of(NAMES)
    full, capped = ([each for each in nights if each["trial"].startswith(what)] for what in ("disk", "memory"))
    yield Figure("room_mixed", float(sum(bool(each["mixed"]) or each["killed"] for each in [*done, *full])), high=0)
    yield Figure("room_not_mended", float(sum(bool(each["wrong"]) for each in [*done, *full])), high=0)
    yield Figure(f"room_done_of_{sizes * len(SEAMS)}", float(len(done)))
    yield Figure("room_filled_up", float(sum(each["full"] for each in done)))
    if quick:
        return
    yield Figure("memory_mixed", float(sum(bool(each["mixed"]) for each in capped)), high=0)
    yield Figure("memory_not_mended", float(sum(bool(each["wrong"]) for each in capped)), high=0)
    yield Figure(f"room_and_memory_nights_done_of_{len(NAMES)}", float(len(nights)))
    yield Figure("room_nights_completed", float(sum(each["completed"] for each in full)))
    yield Figure("memory_nights_completed", float(sum(each["completed"] for each in capped)))
    yield Figure("memory_nights_ended_on_the_spot", float(sum(each["killed"] for each in capped)))
