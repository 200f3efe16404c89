"""How far a column's distribution has moved since the last published generation: population stability index.

PSI = sum over bins of (p - q) ln(p / q), q the past share of the bin and p today's (Siddiqi, Credit Risk Scorecards,
2006, who calls .1 a small and .25 a large shift). Bins are the past column's deciles and NULL; they are kept as
figures: <name>.edge_<i> (upper ends, none for the last bin), <name>.edges_count, since values that repeat make bins one
and their number changes from night to night, <name>.share_<i>, <name>.share_null.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from expectations.history import Past

Numbers = npt.NDArray[np.float64]

BINS = 10
# Noise alone gives about 2 x bins / rows: .1 at 200, so fewer rows say nothing.
FEWEST_ROWS = 200
# An empty bin would make the logarithm infinite.
SMALLEST_SHARE = 1e-4


def bins_of(values: pd.Series, name: str) -> dict[str, float]:
    """The figures that describe a numeric column for a later PSI; nothing below FEWEST_ROWS rows."""
    if len(values) < FEWEST_ROWS:
        return {}
    known = _finite(values)
    found = {f"{name}.share_null": 1 - len(known) / len(values)}
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])) if len(known) else np.array([])
    found[f"{name}.edges_count"] = float(len(edges))
    if len(known):
        found |= {f"{name}.edge_{position}": float(edge) for position, edge in enumerate(edges)}
        shares = _shares(known, edges, len(values))
        found |= {f"{name}.share_{position}": share for position, share in enumerate(shares)}
    return found


def psi(values: pd.Series, name: str, past: Past) -> float:
    """PSI against the latest past figures of that name; NaN where either side has too few rows."""
    edges_count, share_null = _latest(past, f"{name}.edges_count"), _latest(past, f"{name}.share_null")
    if math.isnan(edges_count) or math.isnan(share_null) or len(values) < FEWEST_ROWS:
        return math.nan
    edges = [_latest(past, f"{name}.edge_{position}") for position in range(int(edges_count))]
    known = _finite(values)
    now = [1 - len(known) / len(values)]
    before = [share_null]
    if edges:
        now += _shares(known, np.array(edges), len(values))
        before += [_latest(past, f"{name}.share_{position}") for position in range(len(edges) + 1)]
    elif len(known):
        now.append(len(known) / len(values))
        before.append(0.0)
    p = np.maximum(np.array(now), SMALLEST_SHARE)
    q = np.maximum(np.array(before), SMALLEST_SHARE)
    return float(np.sum((p - q) * np.log(p / q)))


def _finite(values: pd.Series) -> Numbers:
    known: Numbers = values.dropna().to_numpy(dtype="float64")
    finite: Numbers = known[np.isfinite(known)]
    return finite


def _shares(known: Numbers, edges: Numbers, rows: int) -> list[float]:
    """Share of all rows per bin: up to and including the first edge, …, above the last."""
    counts = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)
    return [float(count) / rows for count in counts]


def _latest(past: Past, name: str) -> float:
    values = past.get(name, ())
    return float(values[-1]) if len(values) else math.nan
