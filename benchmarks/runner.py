"""A benchmark in parts: modules benchmarks/<name>_<part>.py with `figures(quick: bool) -> Iterable[Figure]`.

Belongs here: finding parts, the table, the file, the exit code. Does not: what is measured.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# One core means one: set before the libraries that start threads are loaded.
for _name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.figures import Figure, write  # noqa: E402


def parts_of(benchmark: str) -> dict[str, str]:
    """Module by name of part, in the order of their names."""
    return {
        path.stem.removeprefix(f"{benchmark}_"): f"benchmarks.{path.stem}"
        for path in sorted(HERE.glob(f"{benchmark}_*.py"))
        if "\ndef figures(" in path.read_text(encoding="utf-8")
    }


def run(benchmark: str, description: str | None, apart: bool = False) -> int:
    """Measure, print, write results/<benchmark>.json (with --only: _<part> appended); 1 when a bar falls short.

    Args:
        apart: every part in a process of its own, since parts fork and a fork has none of the threads before it.
    """
    parts = parts_of(benchmark)
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under a minute, few draws: says only that all runs")
    parser.add_argument("--only", choices=tuple(parts))
    parser.add_argument("--graph", type=Path, help="a file for the parts that take one (reach: an edge list)")
    parser.add_argument("--world", type=Path, help="demo world parameters for the parts that take them (plan)")
    chosen = parser.parse_args()
    given = {name: value for name in ("graph", "world") if (value := getattr(chosen, name)) is not None}
    if apart and chosen.only is None:
        return _apart(benchmark, parts, chosen.quick)
    found: list[Figure] = []
    for name, module in parts.items():
        if chosen.only in (None, name):
            figures = importlib.import_module(module).figures
            taken = {name: value for name, value in given.items() if name in inspect.signature(figures).parameters}
            for figure in figures(quick=chosen.quick, **taken):
                found.append(figure)
                print(figure.line(), flush=True)
    write(found, HERE / "results" / f"{benchmark}{'_' + chosen.only if chosen.only else ''}.json")
    return 0 if all(figure.ok for figure in found) else 1


def _apart(benchmark: str, parts: Iterable[str], quick: bool) -> int:
    """Each part in turn in its own process; all their figures in one file. A part that ends without any falls short."""
    all_figures, fell_short = list[dict[str, Any]](), False
    for part in parts:
        told = HERE / "results" / f"{benchmark}_{part}.json"
        told.unlink(missing_ok=True)
        command = [sys.executable, "-m", f"benchmarks.{benchmark}", "--only", part, *(["--quick"] if quick else [])]
        fell_short |= subprocess.run(command, cwd=HERE.parent, check=False).returncode != 0
        all_figures += json.loads(told.read_text(encoding="utf-8")) if told.exists() else []
    (HERE / "results" / f"{benchmark}.json").write_text(json.dumps(all_figures, indent=2) + "\n", encoding="utf-8")
    return 1 if fell_short else 0
