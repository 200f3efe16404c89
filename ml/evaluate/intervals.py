"""Bootstrap intervals of any figure, drawing whole clusters (people, or what was assigned together)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ml.arrays import FloatArray, IntArray, cluster_codes
from ml.errors import InputError


def bootstrap_interval(
    figure: Callable[[IntArray], float], cluster: IntArray, *, level: float, draws: int, seed: int
) -> tuple[float, float]:
    """Percentile interval of `figure(rows)` over draws of clusters with replacement.

    Args:
        figure: from row numbers (with repeats) to the figure; NaN draws are left out.
        cluster: (n,) label of each row's cluster.
        level: for instance .9 for a 90 % interval.

    Returns:
        (low, high); NaN twice if the figure is NaN in more than half the draws.
    """
    if not 0 < level < 1 or draws < 20:
        raise InputError(f"level must lie between 0 and 1 and draws be at least 20, not {level} and {draws}")
    rng = np.random.default_rng(seed)
    codes = cluster_codes(cluster, cluster.size)
    clusters = int(codes.max()) + 1
    values: FloatArray = np.empty(draws)
    for draw in range(draws):
        times = np.bincount(rng.integers(0, clusters, clusters), minlength=clusters)
        values[draw] = figure(np.repeat(np.arange(cluster.size, dtype=np.int64), times[codes]))
    known = values[np.isfinite(values)]
    if known.size < draws / 2:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
