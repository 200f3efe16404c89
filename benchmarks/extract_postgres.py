"""PostgreSQL to a committed landing load, against plain ADBC and against dlt, on 5 M till lines of Complete Journey.

Belongs here: starting and filling the server, running the ways in turn, the ratios. Does not: the ways
(extract_child.py).

The landing does what its peers do not: types, currencies, pseudonyms, row and key hashes, duplicates, the source's own
totals by store and day, a durable commit. Ways take turns, so that a busy machine slows all of them; a ratio is the
median over the turns. The bar of .75 says: nothing but the wire may cost much.

postgres_vs_dlt compares with the fastest that dlt can: its quickest backend, all rows, no cursor, no duplicates looked
for, no row named. postgres_vs_dlt_incremental gives dlt the cursor, the key and the row ids that a landing has too.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.figures import Figure
from tests.live.servers.postgres import Postgres, running
from tests.live.servers.till_lines import environment, fill, source_table

ROWS, QUICK_ROWS = 5_000_000, 200_000
TURNS, QUICK_TURNS = 3, 1


@dataclass(frozen=True)
class Measured:
    """What a way did: rows, seconds on the clock and of work, peak memory; the latter of its process and children."""

    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Rows per second."""
        return self.rows / self.seconds


def measured(way: str, address: str, rows: int) -> Measured:
    """Run a way in a process of its own, with the threads it would have."""
    threads = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    said = {name: value for name, value in os.environ.items() if name not in threads}
    with tempfile.TemporaryDirectory(prefix="nanolift_extract_") as folder:
        ended = subprocess.run(
            [sys.executable, "-m", "benchmarks.extract_child", way, address, folder],
            capture_output=True,
            text=True,
            check=False,
            env=said | environment(),
        )
    if ended.returncode:
        raise RuntimeError(f"{way} failed:\n{ended.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    assert found["rows"] == rows, f"{way} brought {found['rows']} of {rows} rows"
    return Measured(**found)


def figures(quick: bool) -> Iterable[Figure]:
    """The figures of the part."""
    with running() as server:
        yield from _figures(server, QUICK_ROWS if quick else ROWS, QUICK_TURNS if quick else TURNS)


def _figures(server: Postgres, rows: int, turns: int) -> Iterable[Figure]:
    fill(server, rows)
    source = json.dumps(source_table(server))
    plain, ours = [], []
    for _ in range(turns):
        plain.append(measured("adbc", server.admin, rows))
        ours.append(measured("nanolift", source, rows))
    dlt = {way: measured(way, server.admin, rows) for way in ("dlt_connectorx", "dlt_pyarrow", "dlt_incremental")}
    yield Figure("adbc_rows_per_second", statistics.median(each.rate for each in plain))
    yield Figure("postgres_rows_per_second", statistics.median(each.rate for each in ours))
    for way, did in dlt.items():
        yield Figure(f"{way}_rows_per_second", did.rate)
    yield Figure("adbc_cpu_seconds", statistics.median(each.cpu_seconds for each in plain))
    yield Figure("postgres_cpu_seconds", statistics.median(each.cpu_seconds for each in ours))
    yield Figure("dlt_connectorx_peak_mb", dlt["dlt_connectorx"].peak_mb)
    ratio = statistics.median(our.rate / other.rate for our, other in zip(ours, plain, strict=True))
    yield Figure("postgres_rows_per_second_vs_adbc", ratio, low=0.75)
    rate = statistics.median(each.rate for each in ours)
    yield Figure("postgres_vs_dlt_incremental", rate / dlt["dlt_incremental"].rate)
    yield Figure("postgres_vs_dlt", rate / max(each.rate for each in dlt.values()), low=2.0)
    yield Figure("extract_peak_mb", max(each.peak_mb for each in ours), high=500.0)
