"""Is a row lost or landed twice when a service fails three times in ten and its list moves while it is read?

A service on loopback answers 30 % of all requests with 429, 500, silence, a reset line, a cut-off body or JSON of
another type. Rows come and go between requests. Each seed reads one list of 500 pages (by cursor, next address, Link
header, offset up and down, page number) and lands it; the next night the list stands still and is read again. Lost: a
row that was there from beginning to end of the reading and was not landed, or one that the second night left different
from the service. Duplicated: a key landed twice. Some services never stand still or die half-way: they must end in a
named error that leaves the landing as it was, byte for byte.

Run: python -m benchmarks.trial_extract_faults [--pages 500] [--seeds 50] [--quick]
Back-off runs on a clock that jumps. Ends with 1 when a row was lost or duplicated.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fault_server import FAULTS, ROWS_A_PAGE, SILENCE, Shop, serving
from benchmarks.figures import Figure, write
from orchestration.connectors import rest
from orchestration.connectors.landing import land_source
from orchestration.connectors.loads import active_loads, read_loads
from orchestration.connectors.rest_http import Clock
from orchestration.errors import SourceError
from orchestration.settings import Source
from orchestration.workspace import Workspace

RESULTS = Path(__file__).parent / "results" / "trial_extract_faults.json"
FIRST_NIGHT = datetime(2026, 1, 2, 3)
KINDS = ("cursor", "next_url", "header_link", "offset up", "offset down", "page")
# Of every ten seeds: one list that never stands still, one service that dies half-way.
RESTLESS, DYING = 7, 9


def source(url: str, kind: str) -> Source:
    """The shop as a brand would configure it."""
    counted = {"limit": ROWS_A_PAGE, "limit_param": "take"}
    pages: dict[str, Any] = {
        "cursor": {"kind": "cursor", "at": "cursor", "param": "after"},
        "next_url": {"kind": "next_url", "at": "next"},
        "header_link": {"kind": "header_link"},
        "page": {"kind": "page", "param": "page", "max_passes": 8} | counted,
    }
    stream = {
        "stream": "reviews",
        "rest": {
            "path": "reviews",
            "records": "items",
            "key": ["id"],
            "complete": True,
            "pages": pages.get(kind, {"kind": "offset", "param": "skip"} | counted),
        },
        "columns": {
            "site": {"constant": "shop"},
            "review_id": "id",
            "incentive": {"constant": "none"},
            "submitted_at": "at",
        },
        "most_removed_share": 1.0,
    }
    connection = {"base_url": url, "timeout_seconds": SILENCE, "retry_seconds": 600, "deadline_seconds": 1_000_000}
    return Source.model_validate({"name": "shop", "kind": "rest", "rest": connection, "streams": [stream]})


def land(shop_source: Source, workspace: Workspace, at: datetime) -> None:
    """One night."""
    land_source(
        shop_source,
        shop_source.streams,
        workspace,
        key=SecretStr("a-key-for-trials-only-0123456789abcdef"),
        loaded_at=at,
        real_data=workspace.root,
        brand_timezone="UTC",
    )


def landed(workspace: Workspace) -> tuple[Counter[int], set[int]]:
    """How often each id was landed as a row of its own, and the ids that stand after the last load."""
    frames = [pl.read_parquet(load.data) for load in active_loads(read_loads(workspace.landing))]
    if not frames:
        return Counter(), set()
    rows = pl.concat(frames).select(pl.col("review_id").cast(pl.Int64), "is_removed")
    standing = rows.group_by("review_id", maintain_order=True).agg(pl.col("is_removed").last())
    here = standing.filter(~pl.col("is_removed")).get_column("review_id").to_list()
    return Counter(rows.filter(~pl.col("is_removed")).get_column("review_id").to_list()), set(here)


def tree(workspace: Workspace) -> dict[str, str]:
    """Every landed file with its hash."""
    files = (path for path in workspace.landing.rglob("*") if path.is_file())
    return {str(path.relative_to(workspace.landing)): sha256(path.read_bytes()).hexdigest() for path in files}


def one_seed(seed: int, pages: int, folder: Path) -> Counter[str]:
    """Two nights of one service; what was lost, duplicated, named, damaged."""
    rng = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    restless, dying = seed % 10 == RESTLESS, seed % 10 == DYING
    # A list read by page number agrees with itself only once it stands still.
    moves = 10**9 if kind != "page" or restless else 20
    order = list(range(pages * ROWS_A_PAGE))
    shop = Shop(kind, rng, order, 0.1, moves, dies_after=pages // 2 if dying else None)
    shop.ever = set(order)
    clock = _JumpingClock(seed)
    rest.new_clock = lambda: Clock(now=clock.now, sleep=clock.sleep, random=random.Random(seed))
    workspace, tally = Workspace.at(folder), Counter[str]()
    with serving(shop) as url:
        configured = source(url, kind)
        before = tree(workspace)
        shop.begin()
        try:
            land(configured, workspace, FIRST_NIGHT)
            times, _ = landed(workspace)
            tally["lost"] += len(shop.always - set(times))
            tally["duplicated"] += sum(count - 1 for count in times.values())
            tally["invented"] += len(set(times) - shop.ever)
        except SourceError:
            tally["named"] += 1
            tally["damaged"] += tree(workspace) != before
        shop.churns_left, shop.dies_after = 0, None
        land(configured, workspace, FIRST_NIGHT + timedelta(days=1))
        times, here = landed(workspace)
        tally["lost"] += len(set(shop.order) - here)
        tally["left over"] += len(here - set(shop.order))
        tally["duplicated"] += sum(count - 1 for count in times.values())
    return tally + shop.counts


class _JumpingClock:
    """Time that passes only by sleeping."""

    def __init__(self, seed: int) -> None:
        self.at = float(seed)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def trial(pages: int, seeds: int, say: bool = False) -> list[Figure]:
    """All seeds, and the figures they add up to."""
    total, start = Counter[str](), time.perf_counter()
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            found = one_seed(seed, pages, Path(folder))
        total += found
        if say:
            words = ("requests", "moves", "lost", "duplicated", "named", "damaged")
            print(
                f"seed {seed:>2} {KINDS[seed % len(KINDS)]:<12}" + "".join(f"{found[w]:>7} {w}" for w in words),
                flush=True,
            )
    injected = sum(total[fault] for fault in FAULTS)
    return [
        Figure("faults_lost", float(total["lost"]), high=0),
        Figure("faults_duplicated", float(total["duplicated"]), high=0),
        Figure("faults_invented_or_left_over", float(total["invented"] + total["left over"]), high=0),
        Figure("faults_state_damaged", float(total["damaged"]), high=0),
        Figure("faults_named_failures", float(total["named"])),
        Figure("faults_requests", float(total["requests"])),
        Figure("faults_injected_share", injected / max(total["requests"], 1)),
        Figure("faults_rows_moved", float(total["moves"])),
        Figure("faults_seconds", time.perf_counter() - start),
    ]


def main() -> int:
    """Count, print, write; 1 when a bar falls short."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--quick", action="store_true", help="10 seeds of 30 pages: says only that all runs")
    chosen = parser.parse_args()
    figures = trial(30, 10, say=True) if chosen.quick else trial(chosen.pages, chosen.seeds, say=True)
    for figure in figures:
        print(figure.line())
    if not chosen.quick:
        write(figures, RESULTS)
    return 0 if all(figure.ok for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
