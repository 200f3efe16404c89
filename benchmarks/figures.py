"""A measured figure with its bar, the table it is printed in and the file it is written to.

Belongs here: what every part of benchmarks/measurement.py shares. Does not: what is measured.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """A measured value and the closed range it must lie in; no end given: printed only."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None

    @property
    def ok(self) -> bool:
        """Inside the bar; a value that is not a number is never inside one."""
        return (self.low is None or self.value >= self.low) and (self.high is None or self.value <= self.high)

    @property
    def limit(self) -> float | list[float] | None:
        """The bar as it is written to the file."""
        if self.low is not None and self.high is not None:
            return [self.low, self.high]
        return self.low if self.high is None else self.high

    def line(self) -> str:
        """One line of the table."""
        if self.low is None and self.high is None:
            return f"{self.name:<44}{self.value:>14.5g}"
        ends = ["" if end is None else f"{end:.10g}" for end in (self.low, self.high)]
        bar = f"{ends[0]} to {ends[1]}" if all(ends) else f">= {ends[0]}" if ends[0] else f"<= {ends[1]}"
        return f"{self.name:<44}{self.value:>14.8g}  {bar:<28}{'ok' if self.ok else 'FALLS SHORT'}"


def near(name: str, value: float, published: float, tolerance: float) -> Figure:
    """A figure that must reproduce a published one."""
    return Figure(name, value, published - tolerance, published + tolerance)


def write(figures: Iterable[Figure], path: Path) -> None:
    """Replace the file by these figures."""
    path.parent.mkdir(exist_ok=True)
    rows = [{"name": one.name, "value": one.value, "limit": one.limit, "ok": one.ok} for one in figures]
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def real_data() -> Path:
    """Where the evaluation sets lie: NANOLIFT_REAL_DATA, by default ../shared/data beside the checkout."""
    beside = Path(__file__).parents[1].parent / "shared" / "data"
    return Path(os.environ.get("NANOLIFT_REAL_DATA", str(beside))).resolve()
