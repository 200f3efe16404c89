"""Gate features: one row per decision, only what was known then, units as named, and no sudden change."""

from __future__ import annotations

from expectations.declare import Column, FrameExpectations, Limit, Suite, always, never_null, unique, within
from expectations.summaries.features import figures

FEATURE_SETS = FrameExpectations(
    name="feature_sets",
    label="feature_set",
    may_be_empty_without=("decisions",),
    columns=(
        Column("feature_set", "text", filled=True),
        Column("rows", "number", filled=True),
        Column("duplicate_keys_count", "number", filled=True),
        Column("null_keys_count", "number", filled=True),
        Column("filled_features_count", "number", filled=True),
    ),
    checks=(
        *never_null("feature_set"),
        unique("feature_set"),
        within("rows", 1, None, "a feature set without rows"),
        always("duplicate_keys_count", 0, "rows that share their key: a join repeated people"),
        always("null_keys_count", 0, "rows without a key"),
        within("filled_features_count", 1, None, "no feature has any value"),
    ),
)

FEATURES_FRAME = FrameExpectations(
    name="features",
    label="feature",
    may_be_empty_without=("decisions",),
    columns=(
        Column("feature", "text", filled=True),
        Column("is_missing", "number", filled=True),
        Column("is_forbidden", "number", filled=True),
        Column("filled_share", "number"),
        Column("infinite_count", "number", filled=True),
        Column("out_of_range_count", "number", filled=True),
        Column("leak_share", "number"),
        Column("psi", "number"),
    ),
    checks=(
        *never_null("feature"),
        unique("feature"),
        always("is_missing", 0, "a declared feature has no column"),
        always("is_forbidden", 0, "an outcome, the arm or a protected trait is among the features"),
        within("filled_share", 0, 1),
        always("infinite_count", 0, "infinite values"),
        always("out_of_range_count", 0, "a negative count or age (something known too early), or a share above 1"),
        # The strongest honest feature (spend in a campaign's category, journey) reaches .77 for whether, .82 for how
        # much; a copy of the label gives 1, one with 2 % of wrong values .96.
        within("leak_share", 0, 0.9, "the feature tells outcome or arm by itself: it was not known at the decision"),
        # Twice Siddiqi's .25: a campaign's start moves recency by .2 to .3; another unit or an emptied join gives > 2.
        within("psi", 0, 0.5, "the distribution moved since the last published generation"),
    ),
)

FIGURES_FRAME = FrameExpectations(
    name="figures",
    label="figure",
    may_be_empty_without=(),
    columns=(Column("figure", "text"), Column("value", "number")),
    checks=(*never_null("figure", "value"), unique("figure")),
)

SETS = ("scoring", "training")
FEATURES = Suite(
    gate="features",
    frames=(FEATURE_SETS, FEATURES_FRAME, FIGURES_FRAME),
    checks_count=18,
    figures=figures,
    limits=(
        # Not every figure of that ending: bins of drift stand under the campaigns decided on, and end with them.
        *(Limit(f"{name}.rows", 0.5, 5.0, 7, "people to decide on come and go slowly") for name in SETS),
        Limit("*.filled_share", 0.2, 50.0, 1, "a feature lost most of its values", min_past=0.2),
    ),
)
