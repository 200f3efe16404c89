"""The output on how good the models are: curves, tenths of people, budgets and checks of every model trained.

Belongs here: descriptions and the plain words of its cells. Does not: how rows are made (model_quality.py).
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF
from orchestration.exports.schema import Column, Output

PART_WORDS = {
    "figure": "single figure",
    "toc": "above average by share",
    "qini_curve": "total by share",
    "decile": "tenth of people",
    "policy": "budget",
    "placebo": "check",
}
STATUSES = ("used", "refused")
FIGURE_WORDS = {
    "qini_rate": "how well it ranks, everybody alike",
    "autoc": "how well it ranks, the very best above all",
    "effect_of_best_30": "extra per person among the best 30 %",
    "uplift_at_30": "extra per person among the best 30 %, outcomes as they are",
    "auuc_causalml": "gain at every share, of the gain of contacting all",
    "qini_auc_scikit_uplift": "gain over a random order, of the most an order can gain",
    "qini_outcome": "how well it ranks, outcomes as they are",
    "qini_outcome_adjusted": "how well it ranks, outcomes less what was expected",
    "calibration_slope": "realised difference for each predicted one",
    "toc": "extra per person among the best, above that of all",
    "qini_curve": "extra of contacting the best, over all people",
    "predicted": "predicted extra per person",
    "realised": "realised extra per person",
    "value": "extra of contacting these people, over all people",
    "value_over_response_model": "more than contacting as many likely buyers",
    "value_over_everybody": "more than contacting everybody",
    "shuffled_treatment": "how well it ranks with contact shuffled",
    "spend_before": "how well it ranks spend before the campaign",
    "normalised_gini": "how well it ranks value, of the best order",
    "ndcg_50": "value of the first 50, of the best order",
    "value_captured_10": "value of the best 10 %, of the best order",
    "calibration_ratio": "sum predicted for each one realised",
}
ORDER_WORDS = {
    "candidate": "this model",
    "response model": "likely buyers",
    "random": "random order",
    "champion": "model used so far",
}

MODEL_QUALITY = Output(
    name="model_quality",
    title="How good the scores are",
    grain="One row per model trained, figure and order of people; per share, tenth or budget where there are several.",
    purpose="What ranking people by each model brought on people it had not seen, beside contacting likely buyers, "
    "people at random, everybody or nobody; what was predicted beside what came; checks where no effect can be.",
    sort_key=("model", "outcome", "part", "figure", "ranked_by", "position"),
    columns=(
        Column("model", "Model", "text", "name of the model"),
        Column("outcome", "What is counted", "text", "the outcome the model is about"),
        Column("status", "Status", "text", "used: good enough by the written rule; refused: not", allowed=STATUSES),
        Column("part", "Part", "text", "what kind of row this is", allowed=tuple(PART_WORDS.values())),
        Column("figure", "Figure", "text", "what the value tells, in words"),
        Column(
            "ranked_by",
            "Ranked by",
            "text",
            "whose order of people: this model, likely buyers (most expected purchases), random order, the model used "
            "so far; everybody, nobody",
        ),
        Column(
            "position",
            "Share or tenth",
            "number",
            "share of people from the best on; in part tenth of people 1 (highest predictions) to 10",
            unit="0 to 1, or 1 to 10",
            when_null="the row is about all people",
        ),
        Column(
            "value",
            "Value",
            "number",
            "the figure, on people the model had not seen",
            unit="see unit",
            when_null="cannot be computed",
            unit_column="unit",
        ),
        Column(
            "low",
            "low",
            "number",
            "lower end of its range, which holds the truth 9 times in 10",
            unit="see unit",
            when_null="a prediction has no range here, or it cannot be computed",
            unit_column="unit",
        ),
        Column(
            "high",
            "high",
            "number",
            "upper end of its range",
            unit="see unit",
            when_null="a prediction has no range here, or it cannot be computed",
            unit_column="unit",
        ),
        Column("unit", "Unit", "text", "`share` (0.05 = 5 more in 100), a currency code (main units), or `ratio`"),
        Column("judged_count", "Judged", "integer", "people the figure rests on, once a campaign", unit="people"),
        Column("definition", "Definition", "text", "the figure's name in the method notes and how it is computed"),
        AS_OF,
        ALL_BASES,
    ),
)
