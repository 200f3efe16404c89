"""One report, from the exports of a published generation, in a process of its own: CPU seconds and megabytes.

Belongs here: the process that marketing_report.py measures. Does not: bars. Usage: GENERATION FOLDER LANGUAGE...
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import polars as pl


def main(generation: Path, folder: Path, languages: tuple[str, ...]) -> dict[str, float]:
    """Write the pages and say what they cost; imports of the report are in, those of this module are not."""
    began = _cpu_seconds()
    from orchestration.exports.context import ExportContext
    from orchestration.exports.facade import write_report

    quality = pl.read_parquet(generation / "exports" / "data_quality.parquet")
    context = ExportContext(
        brand_name="Benchmark",
        as_of=quality["as_of"][0],
        timezone="UTC",
        currency="EUR",
        tier_preset="default",
        nano_below=1_000,
        micro_up_to=100_000,
        source_basis={"all": quality["basis"][0]},
        languages=languages,
    )
    write_report(generation / "exports", context, folder / "report")
    size = sum(page.stat().st_size for page in (folder / "report").rglob("*.html"))
    return {"seconds": _cpu_seconds() - began, "megabytes": size / 1e6}


def _cpu_seconds() -> float:
    """Of this process, and of those it started that have ended: charts are drawn in one."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), tuple(sys.argv[3:]))))
