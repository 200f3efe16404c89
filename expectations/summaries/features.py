"""Frames of counts for the features gate: one row per feature frame, one per feature.

Belongs here: arithmetic on feature frames. Does not: computing features (ml/features), limits (suites/features.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from expectations.declare import Frames
from expectations.history import Past
from expectations.summaries.drift import bins_of, psi
from expectations.summaries.numbers import numbers

# Words of what is only known after the decision, or of what a model predicts.
FORBIDDEN_NAME = re.compile(r"(^|_)(after|outcome|label|target|future|uplift|treated|treatment|arm|truth)(_|$)")
CAMPAIGN = "campaign_id"
# What a unit in the name allows. Money may be negative: returns.
LEAST = {"_count": 0.0, "_days": 0.0, "_share": 0.0}
MOST = {"_share": 1.0}
AGE, DECISION_DAY = "_age_days", "decision_on"
# AUC from fewer rows of either class swings by tenths, a rank correlation from fewer rows too.
FEWEST_OF_A_CLASS = 20
FEWEST_AMOUNTS = 100
SET_FIGURES = ("rows", "duplicate_keys_count", "null_keys_count", "filled_features_count")
FEATURE_FIGURES = (
    *("is_missing", "is_forbidden", "filled_share", "infinite_count", "out_of_range_count", "leak_share", "psi"),
)


@dataclass(frozen=True)
class FeatureSet:
    """A feature frame as the gate sees it.

    Attributes:
        frame: one row per key.
        key: columns that identify a row.
        features: columns a model reads.
        forbidden: columns that may never be features, besides those named like an outcome.
        labels: label name → values in the frame's row order (NaN: unknown), to find a feature that tells the label.
        amounts: the same for labels that are amounts, where the feature could tell how much instead of whether.
    """

    frame: pd.DataFrame
    key: tuple[str, ...]
    features: tuple[str, ...]
    forbidden: frozenset[str] = frozenset()
    labels: Mapping[str, Sequence[float]] = field(default_factory=dict)
    amounts: Mapping[str, Sequence[float]] = field(default_factory=dict)


def feature_frames(sets: Mapping[str, FeatureSet], past: Past) -> dict[str, pd.DataFrame]:
    """The gate's frames.

    Returns:
        feature_sets: feature_set, rows, duplicate_keys_count, null_keys_count, filled_features_count.
        features: feature ("set.name"), is_missing, is_forbidden, filled_share (NaN: no rows), infinite_count,
            out_of_range_count, leak_share (0: tells nothing of a label, 1: tells it; NaN: not known), psi.
        figures: figure, value: what later runs compare with.
    """
    set_rows, feature_rows = [], []
    kept: dict[str, float] = {}
    for name, each in sorted(sets.items()):
        key = list(each.key)
        there = [feature for feature in each.features if feature in each.frame.columns]
        set_rows.append(
            {
                "feature_set": name,
                "rows": len(each.frame),
                "duplicate_keys_count": int(each.frame.duplicated(key).sum()),
                "null_keys_count": int(each.frame[_never_null(key)].isna().any(axis=1).sum()),
                "filled_features_count": int(each.frame[there].notna().any().sum()),
            }
        )
        for feature in each.features:
            feature_rows.append(_feature_row(name, feature, each, past))
        for feature in there:
            for view, values in _drift_views(feature, each).items():
                kept |= bins_of(values, _drift_name(name, feature, each) + view)
    return {
        "feature_sets": _typed(set_rows, "feature_set", SET_FIGURES),
        "features": _typed(feature_rows, "feature", FEATURE_FIGURES),
        "figures": _typed([{"figure": name, "value": value} for name, value in kept.items()], "figure", ("value",)),
    }


def _typed(rows: Sequence[Mapping[str, object]], label: str, numbers: Sequence[str]) -> pd.DataFrame:
    """A frame with all its columns, also of no rows: a brand of whom nobody may be scored has no features."""
    frame = pd.DataFrame(rows, columns=[label, *numbers])
    return frame.astype({label: "str"} | ({} if rows else dict.fromkeys(numbers, "float64")))


def figures(frames: Frames) -> dict[str, float]:
    """Rows per set, filled share per feature, and the bins that drift is measured with."""
    return {
        **numbers(frames["feature_sets"], "feature_set", "rows", "{}.rows"),
        **numbers(frames["features"], "feature", "filled_share", "{}.filled_share"),
        **numbers(frames["figures"], "figure", "value", "{}"),
    }


def _never_null(key: Sequence[str]) -> list[str]:
    """A person is always named; the campaign is not where there has been none yet."""
    return [column for column in key if column != CAMPAIGN]


def _feature_row(set_name: str, feature: str, each: FeatureSet, past: Past) -> dict[str, object]:
    forbidden = feature in each.forbidden or bool(FORBIDDEN_NAME.search(feature))
    row: dict[str, object] = {"feature": f"{set_name}.{feature}", "is_forbidden": int(forbidden)}
    if feature not in each.frame.columns:
        return row | {"is_missing": 1, "infinite_count": 0, "out_of_range_count": 0}
    given = each.frame[feature]
    values = pd.to_numeric(given, errors="coerce").astype("float64")
    suffix = "_" + feature.rsplit("_", 1)[-1]
    low, high = LEAST.get(suffix, -np.inf), MOST.get(suffix, np.inf)
    # Sums of floats overshoot a share of 1 by a few units in the last place.
    outside = ((values < low - 1e-9) | (values > high + 1e-9) | (given.notna() & values.isna())).sum()
    told = [pd.Series(label, dtype="float64") for label in each.labels.values()]
    # A feature may tell by its value, or by being known at all: a date that only buyers have.
    leaks = [leak_share(view, label) for label in told for view in (values, values.isna().astype("float64"))]
    leaks += [amount_share(values, pd.Series(amount, dtype="float64")) for amount in each.amounts.values()]
    known = [leak for leak in leaks if not np.isnan(leak)]
    return row | {
        "is_missing": 0,
        "filled_share": float(values.notna().mean()) if len(values) else np.nan,
        "infinite_count": int(np.isinf(values).sum()),
        "out_of_range_count": int(outside),
        "leak_share": max(known) if known else np.nan,
        "psi": min(
            psi(view, _drift_name(set_name, feature, each) + name, past)
            for name, view in _drift_views(feature, each).items()
        ),
    }


def _drift_views(feature: str, each: FeatureSet) -> dict[str, pd.Series]:
    """How a feature is compared, by suffix of its figures; it has drifted only if every view of it has.

    An age grows by a day every night: where nothing new happened the dates behind the ages stay, where things happen
    at a steady pace the ages do. Either is no drift.
    """
    values = pd.to_numeric(each.frame[feature], errors="coerce").astype("float64")
    if not feature.endswith(AGE) or DECISION_DAY not in each.frame.columns:
        return {"": values}
    day = (pd.to_datetime(each.frame[DECISION_DAY]) - pd.Timestamp(0)).dt.days
    return {"": values, ".dated": day - values}


def _drift_name(set_name: str, feature: str, each: FeatureSet) -> str:
    """The figures a feature's drift is measured by: of decisions on the same campaigns.

    With another campaign other people and products are meant; half of the features then rightly look different.
    """
    if CAMPAIGN not in each.frame.columns:
        return f"features.{set_name}.{feature}"
    campaigns = "\0".join(sorted(each.frame[CAMPAIGN].dropna().astype("str").unique()))
    return f"features.{set_name}.{hashlib.sha256(campaigns.encode()).hexdigest()[:8]}.{feature}"


def amount_share(values: pd.Series, amount: pd.Series) -> float:
    """|Spearman's correlation| of the feature alone with amounts other than 0; NaN with too few of them."""
    known = values.notna().to_numpy() & amount.notna().to_numpy() & (amount.to_numpy() != 0)
    feature, own = values[known], amount[known]
    if len(own) < FEWEST_AMOUNTS or feature.nunique() < 2 or own.nunique() < 2:
        return float("nan")
    return float(abs(np.corrcoef(feature.rank().to_numpy(), own.rank().to_numpy())[0, 1]))


def leak_share(values: pd.Series, label: pd.Series) -> float:
    """|2 AUC - 1| of the feature alone for label > 0; NaN with too few rows of either class."""
    known = (values.notna().to_numpy()) & (label.notna().to_numpy())
    positive = (label.to_numpy() > 0)[known]
    ranks = values[known].rank().to_numpy()
    positives, negatives = int(positive.sum()), int((~positive).sum())
    if min(positives, negatives) < FEWEST_OF_A_CLASS:
        return float("nan")
    auc = (ranks[positive].sum() - positives * (positives + 1) / 2) / (positives * negatives)
    return float(abs(2 * auc - 1))
