"""What marketers use against its bars: benchmarks/marketing_*.py.

A part is a module marketing_<part>.py with `figures(quick: bool) -> Iterable[Figure]`; it is found by its name.

Run: python -m benchmarks.marketing [--quick] [--only PART] [--world FILE]
Prints a table, writes benchmarks/results/marketing.json (with --only: marketing_<part>.json), ends with 1 when a bar
falls short. --quick takes small cases, under a minute: it says only that everything runs.
"""

from __future__ import annotations

import sys

from benchmarks.runner import run

if __name__ == "__main__":
    sys.exit(run("marketing", __doc__))
