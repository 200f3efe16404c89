"""From features to the few columns the evidence model weighs: rates instead of counts, unknown apart from zero.

Posts of three months and of two years must mean the same: a count becomes a rate, shrunk to the average rate as a gamma
prior does, (n + a)/(t + a/average). A person whose accounts nobody knows is average in posts and has a column of
their own. Each column's extremes are held at the taught people's 0.1 % and 99.9 %: beyond, nothing was learned.

Belongs here: transforms and their constants. Does not: weights of the columns (evidence.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from ml.arrays import FloatArray

Shape = Literal["root", "log"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
HELD_SHARE = 0.001
# Column → the feature it speaks of; reasons add up by feature.
COLUMNS = {
    "posts": "posts_before_count",
    "second account": "accounts_known_count",
    "reviews": "reviews_before_count",
    "reviews, no account known": "reviews_before_count",
    "followers": "followers_largest_count",
    "followers unknown": "followers_largest_count",
    "no account known": "accounts_known_count",
    "tasks": "tasks_before_count",
    "tasks, no account known": "tasks_before_count",
    "purchases": "purchases_90d_count",
    "last purchase": "last_purchase_age_days",
    "recommends": "recommend_last_points",
    "codes redeemed": "codes_redeemed_before_count",
}
UNKNOWN = list(COLUMNS).index("no account known")
USED = (*dict.fromkeys(COLUMNS.values()), "ugc_on_record_days")
SMALLEST_YEARS = 1 / 12


@dataclass(frozen=True)
class Design:
    """Fixed constants of the columns.

    Attributes:
        shape: of the post rate: its square root (as counts spread evenly) or its logarithm.
        strength: a of the rate's prior, in posts.
        posts_a_year, reviews_a_year: average rates, of an account and of a person.
        log_followers, recommends: averages where known.
        mean, spread, low, high: (columns,) of the taught people.
    """

    shape: Shape
    strength: float
    posts_a_year: float
    reviews_a_year: float
    log_followers: float
    recommends: float
    mean: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    def columns(self, X: FloatArray, names: Sequence[str]) -> FloatArray:
        """(n, columns) held at the taught extremes, mean 0 and spread 1 over the taught people."""
        raw = np.clip(_raw(self, X, names), self.low, self.high)
        return np.asarray((raw - np.array(self.mean)) / np.array(self.spread), dtype=np.float64)

    def as_dict(self) -> dict[str, Any]:
        """For a model card."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Design:
        """Back from a model card."""
        own: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        return cls(**own)


def fit_design(X: FloatArray, names: Sequence[str], *, shape: Shape, strength: float) -> Design:
    """Averages, spreads and extremes of the taught people.

    Args:
        X: (n, p) features; NaN is unknown.
        names: of the columns of X; at least USED.
    """
    f = {name: X[:, names.index(name)] for name in USED}
    years = _years(f)
    accounts = np.nan_to_num(f["accounts_known_count"])
    posts = np.where(accounts > 0, np.nan_to_num(f["posts_before_count"]), 0)
    start = Design(
        shape,
        strength,
        # One post or review more than there are: an average rate of 0 would be no prior.
        posts_a_year=float((posts.sum() + 1) / ((accounts * years).sum() + 1)),
        reviews_a_year=float((np.nan_to_num(f["reviews_before_count"]).sum() + 1) / (years.sum() + 1)),
        log_followers=_mean(np.log1p(f["followers_largest_count"])),
        recommends=_mean(f["recommend_last_points"]),
    )
    raw = _raw(start, X, names)
    low, high = np.quantile(raw, [HELD_SHARE, 1 - HELD_SHARE], axis=0)
    held = np.clip(raw, low, high)
    spread = held.std(axis=0)
    # A column that never varies says nothing: its weight stays 0 whatever it is divided by.
    fitted = {
        "mean": held.mean(axis=0),
        "spread": np.where(spread > 0, spread, 1.0),
        "low": low,
        "high": high,
    }
    return Design.from_dict(start.as_dict() | {name: values.tolist() for name, values in fitted.items()})


def _raw(design: Design, X: FloatArray, names: Sequence[str]) -> FloatArray:
    f = {name: X[:, names.index(name)] for name in USED}
    years = _years(f)
    is_known = f["accounts_known_count"] > 0  # NaN: not known
    accounts = np.where(is_known, f["accounts_known_count"], 1.0)
    a = design.strength
    rate = (np.nan_to_num(f["posts_before_count"]) + a) / (accounts * years + a / design.posts_a_year)
    relative = rate / design.posts_a_year
    reviews = (np.nan_to_num(f["reviews_before_count"]) + 1) / (years + 1 / design.reviews_a_year)
    log_reviews = np.log(reviews / design.reviews_a_year)
    has_followers = np.isfinite(f["followers_largest_count"])
    followers = np.log1p(np.where(has_followers, f["followers_largest_count"], 0)) - design.log_followers
    tasks = np.log1p(np.nan_to_num(f["tasks_before_count"]))
    recommends = f["recommend_last_points"] - design.recommends
    last = np.where(np.isfinite(f["last_purchase_age_days"]), f["last_purchase_age_days"], 365.0)
    columns = (
        np.where(is_known, np.sqrt(relative) - 1 if design.shape == "root" else np.log(relative), 0),
        is_known & (accounts > 1),
        log_reviews,
        np.where(is_known, 0, log_reviews),
        np.where(has_followers, followers, 0),
        is_known & ~has_followers,
        ~is_known,
        np.where(is_known, tasks, 0),
        np.where(is_known, 0, tasks),
        np.log1p(np.maximum(np.nan_to_num(f["purchases_90d_count"]), 0)),
        np.log1p(np.minimum(last, 365.0)),
        np.where(np.isfinite(recommends), recommends, 0),
        np.log1p(np.nan_to_num(f["codes_redeemed_before_count"])),
    )
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])


def _years(f: Mapping[str, FloatArray]) -> FloatArray:
    return np.asarray(np.maximum(np.nan_to_num(f["ugc_on_record_days"]) / 365, SMALLEST_YEARS), dtype=np.float64)


def _mean(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else 0.0
