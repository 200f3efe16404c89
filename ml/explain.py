"""Reasons for a score: the contributions of features, added up in groups, the strongest three in plain words.

Belongs here: arithmetic on contributions and their sentences. Does not: the words themselves (features/dictionary.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from ml.arrays import FloatArray, IntArray
from ml.errors import InputError
from ml.features.dictionary import BY_NAME, GROUPS

REASON_COLUMNS = ("reason_1", "reason_2", "reason_3")
ADDITIVE_WITHIN = 1e-6
# Currencies without minor units (ISO 4217); the others have a hundredth.
WITHOUT_MINOR_UNITS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"})


def check_additive(contributions: FloatArray, score: FloatArray) -> None:
    """Hold that contributions add up to the score on the model's own scale within ADDITIVE_WITHIN.

    Raises:
        InputError: with the largest difference.
    """
    gap = float(np.max(np.abs(contributions.sum(axis=1) - score))) if score.size else 0.0
    if not gap <= ADDITIVE_WITHIN:
        raise InputError(f"contributions miss the score by up to {gap:.2e}: reasons would not explain it")


def group_contributions(contributions: FloatArray, feature_names: Sequence[str]) -> FloatArray:
    """(n, len(GROUPS)) contributions added up by group; the model's average is left out."""
    return contributions[:, :-1] @ _group_matrix(feature_names)


def reasons(
    contributions: FloatArray, features: pl.DataFrame, feature_names: Sequence[str], *, currency: str
) -> pl.DataFrame:
    """REASON_COLUMNS, one row per row of `contributions`: the groups that moved the score most, strongest first.

    A reason names the group, the direction and the group's feature that moved most that way, with the person's value:
    "raises: audience (followers of their largest account: 740)". NULL where fewer groups moved the score at all.
    """
    by_group = group_contributions(contributions, feature_names)
    member = _group_matrix(feature_names).T.astype(bool)
    columns = {}
    order = np.argsort(-np.abs(by_group), axis=1, kind="stable")
    every = np.arange(by_group.shape[0])
    for position, column in enumerate(REASON_COLUMNS):
        group = order[:, position]
        amount = by_group[every, group]
        same_way = np.where(member[group], contributions[:, :-1] * np.sign(amount)[:, None], -np.inf)
        columns[column] = _sentences(same_way.argmax(axis=1), amount, features, feature_names, currency)
    return pl.DataFrame(columns)


def _group_matrix(feature_names: Sequence[str]) -> FloatArray:
    matrix = np.zeros((len(feature_names), len(GROUPS)))
    for row, name in enumerate(feature_names):
        matrix[row, GROUPS.index(BY_NAME[name].group)] = 1.0
    return matrix


def _sentences(
    feature: IntArray, amount: FloatArray, features: pl.DataFrame, feature_names: Sequence[str], currency: str
) -> pl.Series:
    rows = pl.DataFrame({"feature": feature, "amount": amount}).with_row_index("row")
    parts = []
    for number in np.unique(feature):
        entry = BY_NAME[feature_names[number]]
        own = rows.filter(pl.col("feature") == number)
        value = features[entry.name].gather(own["row"])
        parts.append(
            own.with_columns(value=_in_words(value, entry.unit, currency)).select(
                "row",
                text=pl.when(pl.col("amount") != 0).then(
                    pl.format(
                        "{}: {} ({}: {})",
                        pl.when(pl.col("amount") > 0).then(pl.lit("raises")).otherwise(pl.lit("lowers")),
                        pl.lit(entry.group),
                        pl.lit(entry.meaning),
                        pl.col("value"),
                    )
                ),
            )
        )
    return pl.concat(parts).sort("row")["text"] if parts else pl.Series([], dtype=pl.String)


def _in_words(value: pl.Series, unit: str, currency: str) -> pl.Series:
    """Values as text: money in its currency, shares in percent, unknown as "unknown"."""
    if unit == "minor":
        whole = value if currency in WITHOUT_MINOR_UNITS else value / 100
        text = whole.round(0).cast(pl.Int64).cast(pl.String) + f" {currency}"
    elif unit == "share":
        text = (value * 100).round(0).cast(pl.Int64).cast(pl.String) + " %"
    elif unit in ("count", "days"):
        rounded = value.round(1)
        is_whole = (rounded == rounded.round(0)).fill_null(False)
        text = rounded.cast(pl.Int64, strict=False).cast(pl.String).zip_with(is_whole, rounded.cast(pl.String))
    else:
        text = value.round(1).cast(pl.String)
    return text.fill_null("unknown")
