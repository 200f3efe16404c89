"""The rows of one campaign that a comparison is made of, and what is counted on them.

Belongs here: outcomes, from members to arrays, who is assigned together. Does not: the comparison (average_effect.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ml.arrays import FloatArray, IntArray, cluster_codes
from ml.features.dictionary import FEATURE_NAMES


@dataclass(frozen=True)
class Outcome:
    """What is measured: the column after the start, its unit, and the same thing before it for the placebo."""

    name: str
    after: pl.Expr
    before: pl.Expr
    unit: str


OUTCOMES = (
    Outcome(
        "first_purchase",
        pl.col("first_purchase").cast(pl.Float64),
        (pl.col("net_spend_before_minor") > 0).cast(pl.Float64),
        "share",
    ),
    Outcome(
        "net_spend",
        pl.col("net_spend_after_minor").cast(pl.Float64),
        pl.col("net_spend_before_minor").cast(pl.Float64),
        "minor",
    ),
)


@dataclass(frozen=True)
class CampaignRows:
    """People of one campaign whose outcome is known; one value a row."""

    X: FloatArray
    y: FloatArray
    treatment: FloatArray
    propensity: FloatArray
    cluster: IntArray

    @property
    def smallest_arm(self) -> int:
        """People in the smaller arm."""
        treated = int(self.treatment.sum())
        return min(treated, self.y.size - treated)

    @property
    def fewest_clusters(self) -> int:
        """Groups assigned together in the arm that has fewer of them; a person alone is a group."""
        return min(np.unique(self.cluster[self.treatment == arm]).size for arm in (0.0, 1.0))


def rows_of(part: pl.DataFrame, outcome: pl.Expr, *, is_randomised: bool) -> CampaignRows:
    """People of one campaign with a finished window and a known outcome.

    Their chance is the stated one where it differs between people (then it must be used), else the realised share.
    """
    known = part.with_columns(outcome_value=outcome).filter(
        pl.col("outcome_value").is_not_null(), pl.col("window_status") == "complete"
    )
    treatment = known["treatment"].cast(pl.Float64).to_numpy()
    share = float(treatment.mean()) if treatment.size else 0.5
    chance = known["assignment_probability"].is_between(0, 1, closed="none")
    states_chances = is_randomised and chance.fill_null(False).all() and known["assignment_probability"].n_unique() > 1
    propensity = known["assignment_probability"].to_numpy() if states_chances else np.full(known.height, share)
    cluster = known.select(pl.coalesce("cluster_id", "consumer_key")).to_series().to_numpy()
    return CampaignRows(
        X=known.select(FEATURE_NAMES).to_numpy().astype(np.float64),
        y=known["outcome_value"].to_numpy().astype(np.float64),
        treatment=treatment,
        propensity=propensity.astype(np.float64),
        cluster=cluster_codes(cluster, known.height),
    )
