"""Real nights of the demo brand around a change of the pseudonym key: a part of the trial reliability_rotation.py.

Belongs here: the nights, and what is compared. Does not: the small workspace, kills, figures (reliability_rotation.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import reliability_canaries as canaries
from benchmarks.reliability_nights import DAY, NEXT_DAY, await_end, copied, night, start, warm
from benchmarks.reliability_privacy import APART, in_child
from benchmarks.reliability_rekeyed import NEW, OLD, deliver_again, keys, own_workspace, rotate
from benchmarks.reliability_renamed import differing, drawn, messages, places, rows_of, tables, versions
from benchmarks.reliability_search import hits

# So many that those of their sales that cannot be typed do not stop a night.
MARKET_PEOPLE = 80
AFTER = "market, the night after"


def market(folder: Path, write: Callable[..., None]) -> None:
    """Real nights: publish, rotate, a night more; beside the same nights under the old key. Each result at once."""
    root, told = folder / "market", folder / "told"
    place = f'\n[[delivery]]\nname = "agency"\nkind = "folder"\npath = "{root}/place"\n'
    own_workspace(root, more=place + canaries.toml())
    (root / "place").mkdir()
    canaries.write(root / "in", MARKET_PEOPLE)

    def do(work: Callable[[], Any]) -> Any:
        return in_child(work, told)[0]

    keys()
    by = warm()
    try:
        by.prepare(root)
        expect(night(by, root, DAY), "the night before the rotation")
        twin = copied(root, folder / "twin")
        settings = (twin / "nanolift.toml").read_text(encoding="utf-8").replace(f"{root}/", f"{twin}/")
        (twin / "nanolift.toml").write_text(settings, encoding="utf-8")
        digests = frozenset(each.partition("_")[2] for each in do(lambda: list(messages(root, OLD))))
        before = do(lambda: places(root, digests, OLD, APART))
        said, lots = do(lambda: [tables(root, OLD), drawn(root, OLD)])
        keys(OLD, NEW)
        expect(await_end(root, start(by, root, DAY, work=lambda: rotate(root))), "the rotation")
        now, lots_now = do(lambda: [tables(root, NEW), drawn(root, NEW)])
        receipt = json.loads(next((root / "receipts").glob("*_rotation_*.json")).read_text(encoding="utf-8"))
        write(
            "market",
            **{"files": len(before), "pseudonyms": len(digests), "tables": len(said)},
            rows=sum(sum(each.values()) for each in said.values()),
            old_keys=do(lambda: places(root, digests, NEW, APART)),
            secrets=do(lambda: hits(root, [OLD, NEW], NEW, APART)),
            joins=differing(rows_of(said), rows_of(now)),
            lots=sorted(name for name in {*lots, *lots_now} if lots.get(name) != lots_now.get(name)),
            **{"lots_compared": len(lots), "recalled": len(receipt["recall"])},
            mixed=do(lambda: sorted(versions(root))) != ["k2"],
        )
        keys(NEW)
        deliver_again(root / "in")
        expect(night(by, root, NEXT_DAY), "the night after the rotation")
        later, lots_later = do(lambda: [tables(root, NEW), drawn(root, NEW)])
        found = {
            "old_keys": do(lambda: places(root, digests, NEW, APART)),
            "mixed": do(lambda: sorted(versions(root))) != ["k2"],
        }
        keys()
        by.prepare(twin)
        deliver_again(twin / "in")
        expect(night(by, twin, NEXT_DAY), "the night under the old key")
        wanted, lots_wanted = do(lambda: [tables(twin, OLD), drawn(twin, OLD)])
        names = {*lots_wanted, *lots_later}
        write(
            AFTER,
            **found,
            joins=differing(rows_of(wanted), rows_of(later)),
            lots=sorted(name for name in names if lots_wanted.get(name) != lots_later.get(name)),
        )
    finally:
        by.close()


def expect(ended: Any, what: str) -> Any:
    """What ended well; else the trial is void."""
    if not ended.succeeded:
        raise RuntimeError(f"{what} failed: {ended.message}")
    return ended
