"""What must hold of every campaign's sum in the ledger before it is shown: a frame of the scores gate."""

from __future__ import annotations

from expectations.declare import Column, FrameExpectations, always, never_null, unique

LEDGER = FrameExpectations(
    name="ledger",
    label="sum",
    may_be_empty_without=("campaign_value",),
    columns=(
        Column("sum", "text", filled=True),
        Column("is_outside_its_range", "number", filled=True),
        Column("is_not_its_parts", "number", filled=True),
        Column("is_counted_twice", "number", filled=True),
        Column("is_a_claim", "number", filled=True),
        Column("is_unexplained", "number", filled=True),
    ),
    checks=(
        *never_null("sum"),
        unique("sum"),
        always("is_outside_its_range", 0, "extra sales outside their own range"),
        always("is_not_its_parts", 0, "a sum that its counted parts do not add up to"),
        always("is_counted_twice", 0, "two counted parts could hold the same sale"),
        always("is_a_claim", 0, "what codes and links claim is counted"),
        always("is_unexplained", 0, "not measured, and no reason given"),
    ),
)
