"""Judging who brings in purchases through others: on later campaigns than taught, beside what people rank by today.

Belongs here: splits, the table, the decision. Does not: models (evidence.py, hurdle.py, tweedie.py), the demo world's
truth (benchmarks/ambassador.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Literal

import numpy as np
import polars as pl

from ml.ambassador.capture import Capture
from ml.arrays import BoolArray, FloatArray, IntArray, cluster_codes, cluster_folds
from ml.evaluate.intervals import bootstrap_interval
from ml.evaluate.ranking import calibration_ratio, ndcg_at, normalised_gini, value_captured_at
from ml.evaluate.table import INTERVAL_LEVEL, TABLE_SCHEMA
from ml.promotion import Comparison, Decision

FOLDS = 5
DRAWS = 200
TABLE_DRAWS = 100
# Fewer purchases teach nothing before a campaign, or judge nothing in it.
FEWEST_PURCHASES = 50
# Rows of the table on part of the people: fewer than this many say nothing.
FEWEST_JUDGED = 100
# What people rank by without a model, and the plain figure of the past; unknown ranks last.
RIVALS = {
    "followers": "followers_largest_count",
    "past spend": "net_spend_90d_minor",
    "engagement": "engagements_365d_count",
    "loyalty": "purchases_90d_count",
    "past referrals": "referrals_before_count",
}
Split = Literal["later campaigns", "other people"]


@dataclass(frozen=True)
class Pass:
    """Rows taught and judged: judged ones lie after the taught ones' windows, or are other people's."""

    taught: IntArray
    judged: IntArray


def passes_of(rows: pl.DataFrame, seed: int) -> tuple[Split, list[Pass]]:
    """Forward-chaining passes: a campaign is judged by those whose outcome window ended before it began.

    So the gap between teaching and judging is the label's window. Where no campaign has such a past, five folds of
    people, which say nothing of time.

    Args:
        rows: members who teach, with decision_on, outcome_ends_on and referred_purchases_count.
    """
    found = []
    counts = rows["referred_purchases_count"].to_numpy()
    starts, ends = rows["decision_on"], rows["outcome_ends_on"]
    for campaign_id in (
        rows.group_by("campaign_id").agg(pl.col("decision_on").min()).sort("decision_on", "campaign_id")["campaign_id"]
    ):
        own = (rows["campaign_id"] == campaign_id).to_numpy()
        begins = starts.filter(pl.Series(own)).min()
        assert isinstance(begins, date)
        before = (ends < begins).fill_null(False).to_numpy()
        if min(counts[before].sum(), counts[own].sum()) >= FEWEST_PURCHASES:
            found.append(Pass(np.flatnonzero(before), np.flatnonzero(own)))
    if found:
        return "later campaigns", found
    person = cluster_codes(rows["consumer_key"].to_numpy(), rows.height)
    fold = cluster_folds(person, FOLDS, seed)
    return "other people", [Pass(np.flatnonzero(fold != n), np.flatnonzero(fold == n)) for n in range(FOLDS)]


def is_new(rows: pl.DataFrame, one: Pass) -> BoolArray:
    """(judged,) whether nothing of the person was taught: how the model does on people it never saw."""
    keys = rows["consumer_key"]
    return np.asarray(~keys.gather(one.judged).is_in(keys.gather(one.taught).implode()).to_numpy(), dtype=np.bool_)


def judged_table(
    value: FloatArray,
    scores: Mapping[str, FloatArray],
    parts: Mapping[str, BoolArray],
    cluster: IntArray,
    *,
    calibrated: frozenset[str],
    seed: int,
) -> pl.DataFrame:
    """One row per model and figure (TABLE_SCHEMA), of all judged rows; of the candidate also on `parts` of them.

    Args:
        value: (n,) tracked purchases.
        scores: model name → (n,) score; "candidate" among them.
        parts: name → (n,) rows, for instance people never taught.
        calibrated: models whose scores are purchases.
    """
    every: BoolArray = np.ones(value.size, dtype=np.bool_)
    rows = [
        row for name, score in scores.items() for row in _figures(name, value, score, every, cluster, calibrated, seed)
    ]
    for part, mask in parts.items():
        if int(mask.sum()) >= FEWEST_JUDGED:
            rows += _figures(f"candidate, {part}", value, scores["candidate"], mask, cluster, calibrated, seed)
    table = pl.DataFrame(rows, schema=TABLE_SCHEMA, orient="row")
    return table.with_columns(pl.col("value", "low", "high").fill_nan(None))


def gini_gain(
    value: FloatArray, challenger: FloatArray, candidate: FloatArray, cluster: IntArray, seed: int
) -> Comparison:
    """Normalised Gini of the challenger minus the candidate's, with its 90 % interval over people."""
    low, high = bootstrap_interval(
        lambda rows: normalised_gini(value[rows], challenger[rows]) - normalised_gini(value[rows], candidate[rows]),
        cluster,
        level=INTERVAL_LEVEL,
        draws=DRAWS,
        seed=seed,
    )
    return Comparison(normalised_gini(value, challenger) - normalised_gini(value, candidate), low, high)


def decide_ambassador(
    value: FloatArray, predicted: FloatArray, cluster: IntArray, split: Split, capture: Capture, seed: int
) -> Decision:
    """Used if the 90 % intervals of its normalised Gini and of caused per tracked purchases lie above 0.

    The second, where it is measured: in a market where friends would have come anyway codes still show purchases, and
    the order of people by them can be told ever so well from chance.
    """
    low, high = bootstrap_interval(
        lambda rows: normalised_gini(value[rows], predicted[rows]),
        cluster,
        level=INTERVAL_LEVEL,
        draws=DRAWS,
        seed=seed,
    )
    figure = Comparison(normalised_gini(value, predicted), low, high)
    words = f"normalised Gini {figure.value:.3f}, 90 % interval {low:.3f} to {high:.3f}, judged on {split}"
    is_promoted = bool(low > 0)
    reason = "ranks people better than chance" if is_promoted else "the ranking could not be told from a random order"
    if is_promoted and capture.is_measured and capture.interval[0] <= 0:
        is_promoted = False
        reason = (
            "purchases that carry a code came without it before: for each of them "
            f"{capture.caused_per_tracked:.2f} ({capture.interval[0]:.2f} to {capture.interval[1]:.2f}) more were made "
            "than usual, so it is not known that telling sells anything; order of people"
        )
    return Decision(is_promoted, (f"{reason} ({words})",), {"candidate": figure})


def _figures(
    name: str,
    value: FloatArray,
    score: FloatArray,
    mask: BoolArray,
    cluster: IntArray,
    calibrated: frozenset[str],
    seed: int,
) -> list[tuple[object, ...]]:
    figures: dict[str, Callable[[FloatArray, FloatArray], float]] = {
        "normalised_gini": normalised_gini,
        "ndcg_50": ndcg_at,
        "value_captured_10": value_captured_at,
    }
    if name in calibrated or name.startswith("candidate"):
        figures["calibration_ratio"] = calibration_ratio
    own_value, own_score, own_cluster = value[mask], score[mask], cluster[mask]
    found: list[tuple[object, ...]] = []
    for figure_name, figure in figures.items():
        drawn = partial(_of_rows, figure, own_value, own_score)
        low, high = bootstrap_interval(drawn, own_cluster, level=INTERVAL_LEVEL, draws=TABLE_DRAWS, seed=seed)
        figure_value = figure(own_value, own_score)
        found.append((name, figure_name, figure_value, low, high, INTERVAL_LEVEL, int(mask.sum())))
    return found


def _of_rows(
    figure: Callable[[FloatArray, FloatArray], float], value: FloatArray, score: FloatArray, rows: IntArray
) -> float:
    return figure(value[rows], score[rows])
