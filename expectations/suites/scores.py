"""Gate scores: scores are numbers a person can act on, of the model they name, and not yesterday's turned over."""

from __future__ import annotations

from expectations.declare import (
    Column,
    FrameExpectations,
    Limit,
    Suite,
    always,
    never_null,
    one_of,
    ordered,
    unique,
    unique_together,
    within,
)
from expectations.suites.ledger import LEDGER
from expectations.suites.model_quality import MODEL_QUALITY
from expectations.suites.reach import REACH
from expectations.suites.review_effect import REVIEW_RESULTS
from expectations.suites.store_lift import STORE_TESTS
from expectations.suites.talk import TALK
from expectations.summaries.scores import figures

GROUPS = ("contact helps", "buys anyway", "no effect", "contact hurts", "unknown")
DESIGNS = ("randomised", "matched", "observational")

UPLIFT = FrameExpectations(
    name="uplift",
    may_be_empty_without=("uplift_model",),
    columns=(
        Column("campaign_id", "text", filled=True),
        Column("consumer_key", "text", filled=True),
        Column("outcome", "text", filled=True),
        Column("uplift", "number", filled=True),
        Column("probability_uplift", "number"),
        Column("uplift_low", "number"),
        Column("uplift_high", "number"),
        Column("rank", "number", filled=True),
        Column("group_label", "text", filled=True),
        Column("reason_1", "text", filled=True),
        Column("model_id", "text", filled=True),
        Column("design", "text", filled=True),
    ),
    checks=(
        *never_null("campaign_id", "consumer_key", "outcome", "uplift", "rank", "group_label", "reason_1"),
        *never_null("model_id", "design"),
        unique_together("campaign_id", "outcome", "consumer_key"),
        within("probability_uplift", -1, 1, "a difference of two probabilities"),
        # Minor units: ten billion per person is no spend, and infinities lie outside too.
        within("uplift", -1e12, 1e12, "not a finite amount"),
        ordered("uplift_low", "uplift", "the interval does not hold the score"),
        ordered("uplift", "uplift_high", "the interval does not hold the score"),
        within("rank", 1, None),
        one_of("group_label", GROUPS),
        one_of("design", DESIGNS),
    ),
)

AMBASSADOR = FrameExpectations(
    name="ambassador",
    may_be_empty_without=("ambassador_model",),
    columns=(
        Column("consumer_key", "text", filled=True),
        Column("expected_value_minor", "number", filled=True),
        Column("currency", "text", filled=True),
        Column("rank", "number", filled=True),
        Column("reason_1", "text", filled=True),
        Column("model_id", "text", filled=True),
    ),
    checks=(
        *never_null("consumer_key", "expected_value_minor", "currency", "rank", "reason_1", "model_id"),
        unique("consumer_key"),
        within("expected_value_minor", -1e12, 1e12, "not a finite amount"),
        within("rank", 1, None),
    ),
)

SCORE_LISTS = FrameExpectations(
    name="score_lists",
    label="score_list",
    may_be_empty_without=("uplift_model", "ambassador_model"),
    columns=(
        Column("score_list", "text", filled=True),
        Column("rows", "number", filled=True),
        Column("is_constant", "number", filled=True),
        Column("misordered_count", "number", filled=True),
        Column("missing_count", "number"),
        Column("is_file_wrong", "number", filled=True),
        Column("psi", "number"),
        Column("rank_agreement", "number"),
    ),
    checks=(
        *never_null("score_list"),
        unique("score_list"),
        within("rows", 1, None),
        always("is_constant", 0, "everybody has the same score: the model learned nothing"),
        always("misordered_count", 0, "rank 1 is not the highest score"),
        always("missing_count", 0, "people who should have a score have none, or there are too many"),
        always("is_file_wrong", 0, "the model's file is not the one its card describes"),
        # Of one model: people move by a day, about 0. Scores on another scale give more than 2.
        within("psi", 0, 0.5, "the model in use scores people another way than in the last generation"),
        # A model retrained on one more day ranks people alike; treatment and control swapped turns the ranking over.
        within("rank_agreement", -0.2, 1.0, "people are ranked the other way round than in the last generation"),
    ),
)

COMPARISONS = FrameExpectations(
    name="comparisons",
    label="comparison",
    may_be_empty_without=("measured_effects",),
    columns=(
        Column("comparison", "text", filled=True),
        Column("is_unchecked", "number", filled=True),
        Column("is_mislabelled", "number", filled=True),
        Column("has_no_sensitivity", "number", filled=True),
        Column("is_counted_wrong", "number", filled=True),
        Column("is_balance_untold", "number", filled=True),
        Column("is_bound_misordered", "number", filled=True),
    ),
    checks=(
        *never_null("comparison"),
        unique("comparison"),
        always("is_unchecked", 0, "an effect on people without a check of whether they were alike"),
        always("is_mislabelled", 0, "the effect and its check name different designs"),
        always("has_no_sensitivity", 0, "an effect of chosen people that does not say what a hidden cause could do"),
        always("is_counted_wrong", 0, "people counted are not the comparable ones"),
        always("is_balance_untold", 0, "a trait differs by .1 deviations or more and the verdict says alike"),
        always("is_bound_misordered", 0, "a stronger hidden cause gives a narrower range"),
    ),
)

FIGURES_FRAME = FrameExpectations(
    name="figures",
    label="figure",
    may_be_empty_without=("uplift_model", "ambassador_model"),
    columns=(Column("figure", "text"), Column("value", "number")),
    checks=(*never_null("figure", "value"), unique("figure")),
)

SCORES = Suite(
    gate="scores",
    frames=(
        UPLIFT,
        AMBASSADOR,
        SCORE_LISTS,
        COMPARISONS,
        STORE_TESTS,
        REVIEW_RESULTS,
        LEDGER,
        TALK,
        REACH,
        MODEL_QUALITY,
        FIGURES_FRAME,
    ),
    checks_count=89,
    figures=figures,
    limits=(
        Limit("ambassador.scored_count", 0.5, 5.0, 7, "people come and go slowly", may_end=True),
        # Drift is told within a model; across models only the unit can be: cents for units give a hundredfold. What
        # the products of the newest campaign cost moves it by less than ten.
        Limit("ambassador.mean", 0.1, 10.0, 1, "money in another unit than before", min_past=1.0, may_end=True),
        Limit(
            "*.first_purchase.mean",
            -0.2,
            0.2,
            1,
            "average effects do not move by 20 points",
            difference=True,
            may_end=True,
        ),
    ),
)
