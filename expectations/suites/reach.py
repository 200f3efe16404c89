"""What must hold of every reach and engagement rate before it is shown: a frame of the scores gate."""

from __future__ import annotations

from expectations.declare import Column, FrameExpectations, always, never_null, unique

REACH = FrameExpectations(
    name="reach_results",
    label="reach_result",
    may_be_empty_without=("reach_results",),
    columns=(
        Column("reach_result", "text", filled=True),
        Column("is_outside_its_range", "number", filled=True),
        Column("is_outside_its_bounds", "number", filled=True),
        Column("is_disordered", "number", filled=True),
        Column("is_without_value", "number", filled=True),
        Column("is_unexplained", "number", filled=True),
    ),
    checks=(
        *never_null("reach_result"),
        unique("reach_result"),
        always("is_outside_its_range", 0, "a reach or rate outside its own range, or a range with one end"),
        always(
            "is_outside_its_bounds",
            0,
            "a unique reach below the largest audience, or above the sum of audiences or the population",
        ),
        always(
            "is_disordered", 0, "more people saw a piece than were reached, or more are reached by fewer ambassadors"
        ),
        always("is_without_value", 0, "measured, and neither a figure nor bounds"),
        always("is_unexplained", 0, "not measured, or only bounds, and no reason given"),
    ),
)
