"""Measurements against published answers, known truth and peers: benchmarks/measurement_*.py.

A part is a module measurement_<part>.py with `figures(quick: bool) -> Iterable[Figure]`; it is found by its name.

Run: python -m benchmarks.measurement [--quick] [--only PART]
Prints a table, writes benchmarks/results/measurement.json (with --only: measurement_<part>.json), ends with 1 when a
bar falls short. --quick takes few draws: its rates are too coarse to judge, so it says only that everything runs.
"""

from __future__ import annotations

import sys

from benchmarks.runner import run

if __name__ == "__main__":
    sys.exit(run("measurement", __doc__))
