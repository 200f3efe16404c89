"""The long table "how good is the model": one row per figure, curve point, tenth of people, budget and placebo.

Everything comes from one held-out pass (heldout.py) and the choice's own held-out predictions (uplift/selection.py).
Belongs here: which rows there are and what each is called. Does not: formulas (by_share.py, calibration.py, policy.py,
placebo.py, curves.py), plain words for marketers (the export).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ml.arrays import FloatArray, IntArray, Sample
from ml.evaluate.by_share import share_curves
from ml.evaluate.calibration import Z_90, Calibration, decile_table
from ml.evaluate.curves import outcome_adjusted, qini_per_treated
from ml.evaluate.definitions import DEFINITIONS
from ml.evaluate.intervals import bootstrap_interval
from ml.evaluate.placebo import Assignment, before_rates, shuffled_rates
from ml.evaluate.policy import policy_table, policy_value

QUALITY_SCHEMA = {
    "model": pl.String,
    "outcome": pl.String,
    "is_promoted": pl.Boolean,
    "part": pl.String,
    "figure": pl.String,
    "ranked_by": pl.String,
    "position": pl.Float64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "rows": pl.Int64,
    "unit": pl.String,
    "definition": pl.String,
}
PARTS = ("figure", "toc", "qini_curve", "decile", "policy", "placebo")
# Budgets people ask about; below a tenth the interval of a held-out part of some thousand people is wider than the
# value, above three tenths most rankings agree on whom to contact.
BUDGETS = (0.1, 0.2, 0.3)
DRAWS = 100
TENTHS = 10
# Drawn shares of campaigns of a thousand people differ by 2 to 4 points by luck; a design with other chances by more.
EQUAL_WITHIN = 0.05
# Figures without the outcome's unit.
RATIOS = ("auuc_causalml", "qini_auc_scikit_uplift", "calibration_slope")


@dataclass(frozen=True)
class JudgedModel:
    """What is known of the judged rows.

    Attributes:
        sample: outcome, treatment, chance and cluster of the judged rows.
        gamma, expected: as in HeldOut.
        orders: name → held-out order of the same rows: candidate, response model, random, perhaps champion.
        assigned: how they came by their treatment.
        before: (m,) spend before the campaign in minor units, NaN where not known.
    """

    sample: Sample
    gamma: FloatArray
    expected: FloatArray
    orders: Mapping[str, FloatArray]
    assigned: Assignment
    before: FloatArray


def model_quality(
    judged: JudgedModel,
    figures: pl.DataFrame,
    calibration: Calibration,
    predictions: tuple[FloatArray, FloatArray, IntArray],
    *,
    seed: int,
) -> pl.DataFrame:
    """QUALITY_SCHEMA without model, outcome and is_promoted (labelled adds them).

    Args:
        judged: the rows of one held-out pass.
        figures: the evaluation table of the same rows (table.py).
        calibration: the published line.
        predictions: (gamma, effect, cluster) the line was fitted on, effect before calibration.
        seed: of draws and shuffles.
    """
    rows = [
        *figure_rows(figures),
        *_adjusted(judged, seed),
        *_slope(calibration, predictions[0].size),
        *_curves(judged, seed),
        *_tenths(calibration, predictions),
        *_budgets(judged),
        *_placebos(judged, seed),
    ]
    return _frame(rows)


def labelled(table: pl.DataFrame, model: str, outcome: str, is_promoted: bool) -> pl.DataFrame:
    """The table with the model's name, its outcome and what was decided, in QUALITY_SCHEMA's order."""
    names = {"model": pl.lit(model), "outcome": pl.lit(outcome), "is_promoted": pl.lit(is_promoted)}
    return table.with_columns(**names).select(*QUALITY_SCHEMA)


def figures_only(table: pl.DataFrame) -> pl.DataFrame:
    """As model_quality, of an evaluation table alone (ml.evaluate.table.TABLE_SCHEMA): for models of other kinds."""
    return _frame([row | {"unit": "ratio"} for row in figure_rows(table)])


def figure_rows(table: pl.DataFrame) -> Iterable[dict[str, Any]]:
    """The rows of an evaluation table; a figure without a definition of its own stands by its name."""
    for row in table.iter_rows(named=True):
        yield _row("figure", row["figure"], row["model"], None, (row["value"], row["low"], row["high"]), row["rows"])


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {name: kind for name, kind in QUALITY_SCHEMA.items() if name not in ("model", "outcome", "is_promoted")}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    is_finite = pl.col("value").is_finite()
    ends = (pl.when(pl.col(name).is_finite() & is_finite).then(pl.col(name)).alias(name) for name in ("low", "high"))
    return table.with_columns(*ends, value=pl.when(is_finite).then(pl.col("value")))


def _row(
    part: str,
    figure: str,
    ranked_by: str,
    position: float | None,
    interval: tuple[float | None, float | None, float | None],
    rows: int,
    unit: str = "outcome",
) -> dict[str, Any]:
    value, low, high = interval
    return {
        "part": part,
        "figure": figure,
        "ranked_by": ranked_by,
        "position": position,
        "value": value,
        "low": low,
        "high": high,
        "rows": rows,
        "unit": "ratio" if figure in RATIOS else unit,
        "definition": DEFINITIONS.get(figure, figure),
    }


def _adjusted(judged: JudgedModel, seed: int) -> Iterable[dict[str, Any]]:
    """Qini of outcomes as they are and adjusted, where people had equal chances."""
    sample = judged.sample
    if not judged.assigned.is_drawn or np.ptp(sample.propensity) > EQUAL_WITHIN:
        return
    outcomes = {"qini_outcome": sample.y, "qini_outcome_adjusted": outcome_adjusted(sample.y, judged.expected)}
    every = np.arange(sample.y.size, dtype=np.int64)
    for name, order in judged.orders.items():
        for figure, y in outcomes.items():

            def of(rows: IntArray, y: FloatArray = y, order: FloatArray = order) -> float:
                return qini_per_treated(y[rows], order[rows], sample.treatment[rows])

            low, high = bootstrap_interval(of, sample.cluster, level=0.9, draws=DRAWS, seed=seed)
            yield _row("figure", figure, name, None, (of(every), low, high), every.size)


def _slope(calibration: Calibration, rows: int) -> Iterable[dict[str, Any]]:
    reach = Z_90 * float(np.sqrt(calibration.var_slope))
    interval = (calibration.slope, calibration.slope - reach, calibration.slope + reach)
    yield _row("figure", "calibration_slope", "candidate", None, interval, rows)


def _curves(judged: JudgedModel, seed: int) -> Iterable[dict[str, Any]]:
    table = share_curves(judged.gamma, judged.orders, judged.sample.cluster, draws=DRAWS, seed=seed)
    for curve, name, share, *interval in table.iter_rows():
        yield _row(curve, curve, name, share, (interval[0], interval[1], interval[2]), judged.gamma.size)


def _tenths(calibration: Calibration, predictions: tuple[FloatArray, FloatArray, IntArray]) -> Iterable[dict[str, Any]]:
    gamma, effect, cluster = predictions
    if gamma.size < 2 * TENTHS:
        return
    for group, rows, predicted, realised, low, high in decile_table(
        gamma, calibration.apply(effect)[0], cluster, groups=TENTHS
    ).iter_rows():
        yield _row("decile", "predicted", "candidate", group, (predicted, None, None), rows)
        yield _row("decile", "realised", "candidate", group, (realised, low, high), rows)


def _budgets(judged: JudgedModel) -> Iterable[dict[str, Any]]:
    gamma, cluster, size = judged.gamma, judged.sample.cluster, judged.gamma.size
    fixed: set[str] = set()
    for share in BUDGETS:
        for name, part, *interval in policy_table(gamma, judged.orders, cluster, share=share).iter_rows():
            if name not in fixed:
                yield _row("policy", "value", name, part, (interval[0], interval[1], interval[2]), size)
        fixed = {"everybody", "nobody"}
        chosen = {name: _best(judged.orders[name], share) for name in ("candidate", "response model")}
        rivals = {"everybody": np.ones(size), "response_model": chosen["response model"]}
        everyone = np.ones(size, dtype=np.bool_)
        for rival, other in rivals.items():
            gain = policy_value(gamma * (chosen["candidate"] - other), everyone, cluster)
            yield _row("policy", f"value_over_{rival}", "candidate", share, gain, size)


def _best(order: FloatArray, share: float) -> FloatArray:
    """1 for the best share by the order, as policy_table chooses them."""
    best = np.zeros(order.size)
    best[np.argsort(-order, kind="stable")[: max(1, int(order.size * share))]] = 1.0
    return best


def _placebos(judged: JudgedModel, seed: int) -> Iterable[dict[str, Any]]:
    size, residual = judged.gamma.size, outcome_adjusted(judged.sample.y, judged.expected)
    for name, interval in shuffled_rates(residual, judged.assigned, judged.orders, seed=seed).items():
        yield _row("placebo", "shuffled_treatment", name, None, interval, size)
    known = int(np.isfinite(judged.before).sum())
    earlier = before_rates(judged.before, judged.assigned, judged.orders, judged.sample.cluster, draws=DRAWS, seed=seed)
    for name, interval in earlier.items():
        yield _row("placebo", "spend_before", name, None, interval, known, unit="minor")
