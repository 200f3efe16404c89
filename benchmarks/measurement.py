"""Measurements against published answers, known truth and peers: a thin runner over benchmarks/measurement_*.py.

A part is a module measurement_<part>.py with `figures(quick: bool) -> Iterable[Figure]`; it is found by its name.

Run: python -m benchmarks.measurement [--quick] [--only PART]
Prints a table, writes benchmarks/results/measurement.json (with --only: measurement_<part>.json), ends with 1 when a
bar falls short. --quick takes few draws: its rates are too coarse to judge, so it says only that everything runs.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

# One core means one: set before the libraries that start threads are loaded.
for _name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.figures import Figure, write  # noqa: E402


def parts() -> dict[str, str]:
    """Module by name of part, in the order of their names."""
    names = sorted(path.stem for path in HERE.glob("measurement_*.py"))
    return {
        name.removeprefix("measurement_"): f"benchmarks.{name}"
        for name in names
        if "\ndef figures(" in (HERE / f"{name}.py").read_text(encoding="utf-8")
    }


def main() -> int:
    """Measure, print, write; 1 when a bar falls short."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under a minute a part, few draws")
    parser.add_argument("--only", choices=tuple(parts()))
    chosen = parser.parse_args()
    found: list[Figure] = []
    for name, module in parts().items():
        if chosen.only in (None, name):
            for figure in importlib.import_module(module).figures(quick=chosen.quick):
                found.append(figure)
                print(figure.line(), flush=True)
    write(found, HERE / "results" / f"measurement{'_' + chosen.only if chosen.only else ''}.json")
    return 0 if all(figure.ok for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
