"""What must hold of every finding about talk before it is shown: a frame of the scores gate."""

from __future__ import annotations

from expectations.declare import Column, FrameExpectations, always, never_null, unique

TALK = FrameExpectations(
    name="talk_findings",
    label="finding",
    may_be_empty_without=("talk_findings",),
    columns=(
        Column("finding", "text", filled=True),
        Column("is_outside_its_range", "number", filled=True),
        Column("is_without_value", "number", filled=True),
        Column("is_impossible", "number", filled=True),
        Column("is_claimed_wrongly", "number", filled=True),
        Column("is_unexplained", "number", filled=True),
    ),
    checks=(
        *never_null("finding"),
        unique("finding"),
        always("is_outside_its_range", 0, "a figure outside its own range, or a range without an end"),
        always("is_without_value", 0, "measured, and no figure and no reason for that"),
        always(
            "is_impossible",
            0,
            "a figure that cannot be: people below 0, a chance outside 0 to 1, a part above its whole",
        ),
        always("is_claimed_wrongly", 0, "more is said than the range, the test or the design carries"),
        always("is_unexplained", 0, "not measured, and no reason given"),
    ),
)
