"""Which rows teach an uplift model, and each row's chance of treatment.

Belongs here: choosing rows, stated and estimated chances, trimming to overlap. Does not: fitting and judging
(train.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from ml.arrays import FloatArray, check_base_rate
from ml.clusters import assigned_together
from ml.errors import TooFewRowsError
from ml.measurement.chosen_people import check_chosen_people
from ml.measurement.design_checks import DesignCheck
from ml.observational.overlap import OVERLAP, inside
from ml.observational.propensity import propensity_scores

# Below 200 a side the first models learn from 60 a side, and trees of 4 leaves split hardly at all.
FEWEST_PER_ARM = 200
FEWEST_WITH_OUTCOME = 50


def training_rows(frame: pl.DataFrame, label: str) -> pl.DataFrame:
    """Rows that can teach `label`, as column "label": window over, outcome known, sorted by key.

    Randomised campaigns only, without people outside the draw; where there is none, all observational ones.

    Raises:
        TooFewRowsError: fewer than FEWEST_PER_ARM rows in an arm or FEWEST_WITH_OUTCOME outcomes.
        OutcomeError: the outcome is too rare or too common.
    """
    known = frame.filter(pl.col("window_status") == "complete", pl.col(label).is_not_null())
    drawn = known.filter(pl.col("design") == "randomised", pl.col("arm") != "comparison")
    rows = drawn if drawn.height else known.filter(pl.col("design") != "randomised")
    # A campaign without one of the two arms compares nobody.
    both = pl.col("treatment").n_unique().over("campaign_id") == 2
    rows = rows.filter(both).with_columns(label=pl.col(label).cast(pl.Float64)).sort("campaign_id", "consumer_key")
    treated = int(rows["treatment"].sum())
    if min(treated, rows.height - treated) < FEWEST_PER_ARM:
        raise TooFewRowsError(
            f"{treated} treated and {rows.height - treated} untreated people with a known outcome; learning whom "
            f"contact helps needs at least {FEWEST_PER_ARM} of each"
        )
    y = rows["label"].to_numpy()
    check_base_rate(y, is_binary=bool(np.isin(y, (0.0, 1.0)).all()))
    if int((y != 0).sum()) < FEWEST_WITH_OUTCOME:
        raise TooFewRowsError(f"only {int((y != 0).sum())} people show the outcome; at least {FEWEST_WITH_OUTCOME}")
    return rows


def with_propensity(
    rows: pl.DataFrame, is_randomised: bool, outcome: str, seed: int, feature_names: Sequence[str]
) -> tuple[pl.DataFrame, FloatArray, DesignCheck | None]:
    """Each row's chance of treatment: as stated or drawn in its campaign, or estimated, then trimmed to OVERLAP.

    An estimated chance comes with the check of how alike the people compared were, before anybody is left out.
    """
    share = pl.col("treatment").mean().over("campaign_id")
    if is_randomised:
        stated = pl.col("assignment_probability")
        differs = stated.n_unique().over("campaign_id") > 1
        chance = pl.when(differs & stated.is_between(0, 1, closed="none")).then(stated).otherwise(share)
        return rows, rows.select(chance).to_series().to_numpy(), None
    X = rows.select(feature_names).to_numpy()
    with_share = np.column_stack([X, rows.select(share).to_series().to_numpy()])
    treatment = rows["treatment"].cast(pl.Float64).to_numpy()
    cluster = assigned_together(rows)
    estimated = propensity_scores(with_share, treatment, cluster, seed)
    check = check_chosen_people(
        f"uplift_{outcome}", outcome, X, rows["label"].to_numpy(), treatment, estimated, cluster, feature_names, seed
    )
    keep = inside(estimated)
    kept = rows.filter(pl.Series(keep))
    if min(int(kept["treatment"].sum()), int((1 - kept["treatment"]).sum())) < FEWEST_PER_ARM:
        raise TooFewRowsError(
            f"treated and untreated people hardly compare: {kept.height} of {rows.height} rows had a chance of being "
            f"chosen between {OVERLAP[0]} and {OVERLAP[1]}"
        )
    return kept, estimated[keep], check
