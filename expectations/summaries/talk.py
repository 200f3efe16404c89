"""One row per finding about talk for the scores gate: which of the rules it breaks.

Belongs here: each measurement's own rules in the words the suite shares. Does not: limits (suites/talk.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

COLUMNS = (
    "finding", "is_outside_its_range", "is_without_value", "is_impossible", "is_claimed_wrongly", "is_unexplained",
)  # fmt: skip
# The lead is claimed of 6 to 18 months, from four years on, at 4 %.
SHORTEST_CLAIMED, LONGEST_LAG, FEWEST_MONTHS, SIGNIFICANCE = 6, 18, 48, 0.04
# Five times as much, or a fifth: sales or pages are wrong.
LARGEST_LOG_EFFECT = 1.6
# Answers are given on a scale of 0 to 10.
LARGEST_ANSWER, FEWEST_ANSWERS = 10.0, 30


def talk_findings(measured: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Rules broken, 0 or 1; empty where nothing about talk was tried."""
    parts = [rows(measured[name]) for name, rows in _ROWS.items() if name in measured and len(measured[name])]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))


def _word_of_mouth(table: pd.DataFrame) -> pd.DataFrame:
    shares = ("relay_probability", "remembered_share", "positive_share", "negative_share", "endless_share")
    impossible = (
        _outside(table, shares)
        | (_number(table, "direct_reach") < 0)
        | (_number(table, "reach") < _number(table, "direct_reach") * (1 - 1e-9))
        | (_number(table, "different_people") > _number(table, "reach") * (1 + 1e-9))
        | (_number(table, "fan_out") < 1)
    )
    ranged = (
        "told_mean",
        "direct_reach",
        "reach",
        "expected_reach",
        "different_people",
        "listed_people",
        "relay_ratio",
    )
    is_total_untold = _number(table, "reach").isna() & table["note"].isna()
    is_without_value = _number(table, "direct_reach").isna() | is_total_untold
    return _findings(table, "word_of_mouth", ("campaign_id",), ranged, is_without_value, impossible)


def _prosumer_lead(table: pd.DataFrame) -> pd.DataFrame:
    lag = _number(table, "lag_months")
    impossible = (
        _outside(table, ("p_value", "reverse_p"))
        | (_number(table, "correlation").abs() > 1)
        | ~lag.between(1, LONGEST_LAG)
        | (_number(table, "months_count") < FEWEST_MONTHS)
    )
    is_lead = table["is_lead"].fillna(False).astype("bool")
    claimed = is_lead & ~((_number(table, "p_value") <= SIGNIFICANCE) & (lag >= SHORTEST_CLAIMED))
    is_without_value = lag.isna() | _number(table, "p_value").isna()
    return _findings(table, "prosumer_lead", ("cohort",), ("lag_months",), is_without_value, impossible, claimed)


def _synergy(table: pd.DataFrame) -> pd.DataFrame:
    ranged = ("nano_effect", "partner_effect", "interaction", "additive", "check")
    value = _number(table, "interaction")
    impossible = _outside(table, ("p_value",)) | (value.abs() > LARGEST_LOG_EFFECT)
    claimed = (table["reading"] != "suggestive") & (table["design"] != "randomised")
    keys = ("campaign_id", "outcome", "partner", "order")
    return _findings(table, "synergy", keys, ranged, value.isna(), impossible, claimed)


def _brand_effect(table: pd.DataFrame) -> pd.DataFrame:
    means = [f"{arm}_{wave}" for arm in ("treated", "control") for wave in ("before", "after")]
    values = table[means].astype("float64").to_numpy()
    outside = pd.Series((np.nan_to_num(values, nan=0.0) < 0).any(axis=1) | (values > LARGEST_ANSWER).any(axis=1))
    shares = ("p_value", "treated_answered_share", "control_answered_share")
    impossible = _outside(table, shares) | outside.set_axis(table.index)
    claimed = (table["design"] == "randomised") & ~(_number(table, "control_count") >= FEWEST_ANSWERS)
    value = _number(table, "effect")
    keys = ("campaign_id", "question")
    return _findings(table, "brand_effect", keys, ("effect", "check"), value.isna(), impossible, claimed)


def _posts_sell(table: pd.DataFrame) -> pd.DataFrame:
    share, people, buyers = (_number(table, name) for name in ("share", "people_count", "buyers_count"))
    impossible = (share.abs() > 1) | (buyers > people) | (people < 1)
    is_without_value = buyers.isna() | (share.isna() & table["note"].isna())
    return _findings(table, "posts_sell", ("campaign_id", "measure"), ("share",), is_without_value, impossible)


def _trust(table: pd.DataFrame) -> pd.DataFrame:
    contacts, trusted = _number(table, "contacts"), _number(table, "trusted_contacts")
    impossible = _outside(table, ("trust_share", "weighted_share")) | (contacts < 0) | (trusted > contacts * (1 + 1e-9))
    keys = ("campaign_id", "source", "published_year", "channel")
    return _findings(table, "trust", keys, (), trusted.isna(), impossible)


def _findings(
    table: pd.DataFrame,
    name: str,
    keys: Sequence[str],
    ranged: Sequence[str],
    is_without_value: pd.Series,
    impossible: pd.Series,
    claimed: pd.Series | None = None,
) -> pd.DataFrame:
    """The suite's rows; `ranged` are columns with <name>_low and <name>_high beside them."""
    is_measured = table["status"] == "measured"
    strays = pd.Series(False, index=table.index)
    for column in ranged:
        value, low, high = (_number(table, f"{column}{end}") for end in ("", "_low", "_high"))
        strays |= value.notna() & ~((low <= value) & (value <= high))
    broken = {
        "is_outside_its_range": is_measured & strays,
        "is_without_value": is_measured & is_without_value,
        "is_impossible": is_measured & impossible,
        "is_claimed_wrongly": pd.Series(False, index=table.index) if claimed is None else is_measured & claimed,
        "is_unexplained": ~is_measured & table["note"].isna(),
    }
    label = name + "." + table[list(keys)].astype("str").fillna("unknown").agg(".".join, axis=1)
    return pd.DataFrame({"finding": label, **{rule: rows.astype("int64") for rule, rows in broken.items()}})


def _number(table: pd.DataFrame, column: str) -> pd.Series:
    return table[column].astype("float64")


def _outside(table: pd.DataFrame, shares: Sequence[str]) -> pd.Series:
    """Rows with a share or chance outside 0 to 1; unknown ones pass."""
    values = table[list(shares)].astype("float64").to_numpy()
    return pd.Series((np.nan_to_num(values, nan=0.5) < 0).any(axis=1) | (values > 1).any(axis=1), index=table.index)


_ROWS: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "word_of_mouth": _word_of_mouth,
    "prosumer_lead": _prosumer_lead,
    "synergy": _synergy,
    "brand_effect": _brand_effect,
    "posts_sell": _posts_sell,
    "trust_sensitivity": _trust,
}
