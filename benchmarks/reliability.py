"""Nothing lost, nothing half: kills, damage, rivals, repeated loads, bad input, gates: benchmarks/reliability_*.py.

A part is a module reliability_<part>.py with `figures(quick: bool) -> Iterable[Figure]`; it is found by its name. Each
trial's result is written at once to benchmarks/results/reliability_<part>.jsonl, and a later call goes on from there;
delete a file to count its part anew. NANOLIFT_TRIALS_UNTIL (seconds since 1970) ends a call early.

Run: python -m benchmarks.reliability [--quick] [--only PART]
Prints a table, ends with 1 when a bar falls short. --quick takes a handful of each: it says only that everything runs.
"""

from __future__ import annotations

import sys

from benchmarks.runner import run

if __name__ == "__main__":
    sys.exit(run("reliability", __doc__, apart=True))
