"""What must hold of the table of how good a model is before it is shown: a frame of the scores gate."""

from __future__ import annotations

from expectations.declare import Column, FrameExpectations, always, never_null, unique

MODEL_QUALITY = FrameExpectations(
    name="model_quality",
    label="model_trained",
    may_be_empty_without=(),
    columns=(
        Column("model_trained", "text", filled=True),
        Column("is_incomplete", "number", filled=True),
        Column("has_no_rivals", "number", filled=True),
        Column("without_value_count", "number", filled=True),
        Column("misordered_count", "number", filled=True),
        Column("is_without_tenths", "number", filled=True),
        Column("outside_share_count", "number", filled=True),
    ),
    checks=(
        *never_null("model_trained"),
        unique("model_trained"),
        always("is_incomplete", 0, "a model was trained and not judged in every part"),
        always("has_no_rivals", 0, "a table without a random order and a plain response model"),
        always("without_value_count", 0, "a point of a curve, a tenth, a budget or a check without a finite value"),
        always("misordered_count", 0, "a range that does not hold its value, or ends before it begins"),
        always("is_without_tenths", 0, "not exactly one realised effect for each tenth of people, 1 to 10"),
        always("outside_share_count", 0, "a share of people outside 0 to 1"),
    ),
)
