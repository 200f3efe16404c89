"""The table beside every model: each figure with its definition's name and interval, one row per model and figure.

The candidate stands beside a random order and a plain response model; the champion where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

from ml.arrays import FloatArray, IntArray, Sample
from ml.evaluate.curves import auuc_causalml, qini_auc_scikit_uplift, uplift_at
from ml.evaluate.intervals import bootstrap_interval
from ml.evaluate.rate import autoc, qini_rate

INTERVAL_LEVEL = 0.9
# 100 draws: the ends of a 90 % interval move by about a tenth of its width, and four models cost seconds.
DRAWS = 100

TABLE_SCHEMA = {
    "model": pl.String,
    "figure": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "interval_level": pl.Float64,
    "rows": pl.Int64,
}

Figure = Callable[[IntArray], float]


def evaluation_table(
    sample: Sample,
    gamma: FloatArray,
    scores: Mapping[str, FloatArray],
    *,
    has_equal_chances: bool,
    seed: int,
    draws: int = DRAWS,
) -> pl.DataFrame:
    """One row per model and figure (TABLE_SCHEMA); a figure that cannot be computed is NULL.

    Args:
        sample: outcome, treatment and clusters of the held-out rows.
        gamma: their doubly-robust scores.
        has_equal_chances: the treatment was drawn. Curves of raw outcomes are left out otherwise: people were chosen
            because they buy more, and any order of them would show that as uplift.
        scores: model name → predicted uplift (any score that orders people) of the same rows.
    """
    rows = []
    every = np.arange(sample.y.size, dtype=np.int64)
    for model, score in scores.items():
        for name, figure in _figures(sample, gamma, score, has_equal_chances).items():
            low, high = bootstrap_interval(figure, sample.cluster, level=INTERVAL_LEVEL, draws=draws, seed=seed)
            rows.append((model, name, figure(every), low, high, INTERVAL_LEVEL, sample.y.size))
    table = pl.DataFrame(rows, schema=TABLE_SCHEMA, orient="row")
    return table.with_columns(pl.col("value", "low", "high").fill_nan(None))


def _figures(sample: Sample, gamma: FloatArray, score: FloatArray, has_equal_chances: bool) -> dict[str, Figure]:
    y, t = sample.y, sample.treatment
    figures: dict[str, Figure] = {
        "qini_rate": lambda rows: qini_rate(gamma[rows], score[rows]),
        "autoc": lambda rows: autoc(gamma[rows], score[rows]),
        "effect_of_best_30": lambda rows: _effect_of_best(gamma[rows], score[rows], 0.3),
    }
    if has_equal_chances:
        figures["uplift_at_30"] = lambda rows: uplift_at(y[rows], score[rows], t[rows], 0.3)
        figures["auuc_causalml"] = lambda rows: auuc_causalml(y[rows], score[rows], t[rows])
    if has_equal_chances and sample.is_binary:  # the perfect order y·t - y·(1-t) is one of yes/no outcomes
        figures["qini_auc_scikit_uplift"] = lambda rows: qini_auc_scikit_uplift(y[rows], score[rows], t[rows])
    return figures


def _effect_of_best(gamma: FloatArray, score: FloatArray, share: float) -> float:
    first = np.argsort(-score, kind="stable")[: max(1, int(score.size * share))]
    return float(gamma[first].mean())
