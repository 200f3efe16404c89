"""What must hold of every result about reviews before it is shown: a frame of the scores gate."""

from __future__ import annotations

from expectations.declare import Column, FrameExpectations, always, never_null, unique

REVIEW_RESULTS = FrameExpectations(
    name="review_results",
    label="review_result",
    may_be_empty_without=("review_results",),
    columns=(
        Column("review_result", "text", filled=True),
        Column("is_outside_its_range", "number", filled=True),
        Column("is_unchecked", "number", filled=True),
        Column("is_called_cause", "number", filled=True),
        Column("is_impossible", "number", filled=True),
        Column("is_unexplained", "number", filled=True),
    ),
    checks=(
        *never_null("review_result"),
        unique("review_result"),
        always("is_outside_its_range", 0, "an effect outside its own range"),
        always("is_unchecked", 0, "a draw of products without the same comparison before it"),
        always("is_called_cause", 0, "page histories that are not labelled observational, likely upward"),
        always("is_impossible", 0, "an effect of -100 % or less, or above 2,000 %: orders or views are wrong"),
        always("is_unexplained", 0, "not measured, and no reason given"),
    ),
)
