"""The pseudonym key is changed: no old pseudonym is found, every join is as before, and a kill in between does no harm.

A part of benchmarks/reliability.py. Two workspaces with a key of their own:

- small: the landing of the canaries' source (reliability_canaries.py), one of whom was erased before; of a run only the
  steps between opening the session and publishing are replaced by joining what is landed. Killed before changes of
  files all along the rotation, which then is completed by the same command, or by the next run.
- market (full count only): real nights of the demo brand, `nanolift rotate-key`, the night after; and the same nights
  of a copy whose key was not changed.

rotation_old_keys: pseudonyms of before, by file, raw or decoded, with or without their version, after the rotation and
after the source was pulled again; first they must be found. rotation_join_differences: rows of all tables below marts
and intermediate that differ from before, every pseudonym told by the vault's reference (reliability_renamed.py); after
the next night, from the night of the workspace whose key was not changed. rotation_lots_changed: people whose standing
holdout or exploration is another. rotation_kills_incomplete: completions after a kill that left an old pseudonym, a
changed row, a generation too many or no receipt; rotation_mixed: published generations with pseudonyms of two keys,
also right after a kill. rotation_wrong_keys_taken: runs under the old or a third key that were not refused.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks import reliability_canaries as canaries
from benchmarks.figures import Figure
from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_nights import copied
from benchmarks.reliability_privacy import APART, delivered, in_child
from benchmarks.reliability_rekeyed import (
    NEW,
    OLD,
    THIRD,
    counts,
    erase,
    import_all,
    keys,
    land,
    own_workspace,
    publish,
    refused,
    rotate,
    sound_receipts,
)
from benchmarks.reliability_renamed import differing, drawn, messages, places, rows_of, tables, versions
from benchmarks.reliability_rotated_nights import AFTER, market
from benchmarks.reliability_search import hits

PEOPLE, QUICK_PEOPLE = 20, 3
KILLS, QUICK_KILLS = 20, 2


class Small:
    """The small workspace before the rotation, and what must be there afterwards."""

    def __init__(self, folder: Path, people: int) -> None:
        self.folder, self.people, self.told = folder, people, folder / "told"
        self.sound = own_workspace(folder / "sound")
        keys()
        canaries.write(self.sound / "in", people)
        self.do(lambda: land(self.sound, 1))
        self.do(lambda: publish(self.sound))
        self.do(lambda: erase(self.sound, [0]))
        self.do(lambda: delivered(self.sound))
        self.digests = frozenset(self.do(lambda: [each.partition("_")[2] for each in messages(self.sound, OLD)]))
        self.before = self.do(lambda: places(self.sound, self.digests, OLD, APART))
        self.tables = self.do(lambda: tables(self.sound, OLD))
        self.drawn = self.do(lambda: drawn(self.sound, OLD))
        later = copied(self.sound, folder / "later")
        canaries.write(later / "in", people, 1)
        self.do(lambda: land(later, 2))
        self.do(lambda: publish(later))
        self.tables_later, self.drawn_later = self.do(lambda: [tables(later, OLD), drawn(later, OLD)])
        self.loads_later = self.do(lambda: counts(later))

    def do(self, work: Callable[[], Any], kill: tuple[Path, int] | None = None) -> Any:
        said = in_child(work, self.told, kill)
        return None if said is None else said[0]

    def copy(self, name: str) -> Path:
        return copied(self.sound, self.folder / name)

    def left(self, root: Path) -> dict[str, Any]:
        """What is wrong with a workspace whose key was changed from OLD to NEW."""
        found = differing(rows_of(self.tables), rows_of(self.do(lambda: tables(root, NEW))))
        after = self.do(lambda: drawn(root, NEW))
        return {
            "old_keys": self.do(lambda: places(root, self.digests, NEW, APART)),
            "secrets": self.do(lambda: hits(root, [OLD, NEW, THIRD], NEW, APART)),
            "joins": found,
            "lots": sorted(name for name in {*self.drawn, *after} if self.drawn.get(name) != after.get(name)),
            "versions": self.do(lambda: sorted(versions(root))),
            "generations": len(list((root / "generations").iterdir())),
            "receipts": self.do(lambda: [sound_receipts(root), len(list((root / "receipts").iterdir()))]),
            "pending": (root / "rotation").exists(),
        }

    def whole(self) -> dict[str, Any]:
        """A rotation nobody kills, runs under wrong keys, and the same source pulled again, as it was and with news."""
        root = self.copy("whole")
        keys(OLD, NEW)
        changes = in_child(lambda: rotate(root, publish), self.told, (root, -1))[1]
        said = self.left(root)
        receipt = json.loads(next((root / "receipts").glob("*_rotation_*.json")).read_text(encoding="utf-8"))
        taken = 0
        for wrong, reason in ((OLD, "was replaced"), (THIRD, "does not lie under")):
            keys(wrong)
            taken += not self.do(lambda reason=reason: refused(lambda: publish(root), reason))
        keys(NEW)
        canaries.write(root / "in", self.people, 1)
        self.do(lambda: land(root, 2))
        self.do(lambda: publish(root))
        later, lots = self.do(lambda: [tables(root, NEW), drawn(root, NEW)])
        return said | {
            "changes": changes,
            "taken": taken,
            "recalled": len(receipt["recall"]),
            "again": self.do(lambda: places(root, self.digests, NEW, APART)),
            "later": differing(rows_of(self.tables_later), rows_of(later)),
            "lots_later": sum(self.drawn_later.get(name) != lots.get(name) for name in {*self.drawn_later, *lots}),
            "loads_later": self.do(lambda: counts(root)) != self.loads_later,
            "erased_back": self.do(lambda: hits(root, [canaries.card(0)], NEW, APART)),
        }

    def kill(self, number: int, change: int) -> dict[str, Any]:
        """A kill, and its completion by the same command or (each second time) by the next run."""
        root = self.copy("killed")
        keys(OLD, NEW)
        killed = self.do(lambda: rotate(root, publish), (root, change)) is None
        between = self.do(lambda: sorted(versions(root)))
        by_run = number % 2 == 1 and (root / "rotation").exists()
        self.do((lambda: publish(root)) if by_run else (lambda: rotate(root, publish)))
        said = self.left(root)
        wrong = [said[name] for name in ("old_keys", "secrets", "joins", "lots", "pending") if said[name]]
        # Where the kill came after publishing, the next run finishes the rotation and publishes its own generation too.
        kept = 2 if by_run and between == ["k2"] else 1
        complete = not wrong and said["generations"] == kept and said["receipts"] == [2, 2]
        mixed = len(between) > 1 or said["versions"] != ["k2"]
        return said | {"change": change, "killed": killed, "by_run": by_run, "complete": complete, "mixed": mixed}


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over both workspaces and all kills."""
    people, kills = (QUICK_PEOPLE, QUICK_KILLS) if quick else (PEOPLE, KILLS)
    folder = Path(tempfile.mkdtemp(prefix="nanolift-rotation-"))
    journal = Journal("rotation", folder) if quick else Journal("rotation")
    names = [f"kill {number:02d}" for number in range(kills)]
    environment = dict(os.environ)
    import_all()
    try:
        if any(name not in journal.done for name in ("small", *names)) and seconds_left() > 0:
            small = Small(folder, people)
            whole = small.whole()
            if "small" not in journal.done:
                journal.write("small", files=len(small.before), mixed=whole["versions"] != ["k2"], **whole)
            for name in journal.due(names):
                if seconds_left() <= 0:
                    break
                number = int(name.split()[1])
                journal.write(name, **small.kill(number, 1 + number * whole["changes"] // kills))
        if not quick and AFTER not in journal.done and seconds_left() > 0:
            market(folder, journal.write)
    finally:
        os.environ.clear()
        os.environ.update(environment)
        shutil.rmtree(folder, ignore_errors=True)
    done, killed = journal.of(["small", "market", AFTER]), journal.of(names)
    every = [*done, *killed]

    def count(name: str) -> float:
        return float(sum(_size(each.get(name, 0)) for each in every))

    yield Figure("rotation_old_keys", count("old_keys") + count("again"), high=0)
    yield Figure("rotation_join_differences", count("joins") + count("later") + count("loads_later"), high=0)
    yield Figure("rotation_lots_changed", count("lots") + count("lots_later"), high=0)
    yield Figure("rotation_kills_incomplete", float(sum(not each["complete"] for each in killed)), high=0)
    yield Figure("rotation_mixed", count("mixed"), high=0)
    yield Figure("rotation_wrong_keys_taken", count("taken"), high=0)
    yield Figure("rotation_secret_hits", count("secrets"), high=0)
    yield Figure("rotation_erased_back", count("erased_back"), high=0)
    yield Figure("rotation_files_with_keys_before", count("files"), low=1)
    yield Figure("rotation_recalled_files", count("recalled"), low=1)
    yield Figure(f"rotation_kills_done_of_{kills}", float(len(killed)))
    yield Figure("rotation_kills_that_ended_before", float(sum(not each["killed"] for each in killed)))
    yield Figure(f"rotation_workspaces_done_of_{1 if quick else 3}", float(len(done)))


def _size(said: Any) -> int:
    """How much was found: a number, or names and what stands under each."""
    if isinstance(said, dict):
        return sum(map(_size, said.values()))
    return len(said) if isinstance(said, list) else int(said)
