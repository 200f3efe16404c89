"""Uplift learners against causalml and econml on equal data, and what the intervals hold: benchmarks/uplift_*.py.

Peers run in an environment of their own (`make bench-env`), on the same rows, their tree size and rounds chosen from
the same grid by the same held-out criterion as ours. The full run takes about an hour of one core; peers' predictions
are kept in benchmarks/results/uplift_cache, so that a stopped run goes on where it was.

Run: python -m benchmarks.uplift [--quick] [--only PART]
"""

from __future__ import annotations

import sys

from benchmarks.runner import run

if __name__ == "__main__":
    sys.exit(run("uplift", __doc__))
