"""What must hold of every store test before it is shown: a frame of the scores gate."""

from __future__ import annotations

from expectations.declare import Column, FrameExpectations, always, never_null, unique

STORE_TESTS = FrameExpectations(
    name="store_tests",
    label="store_test",
    may_be_empty_without=("store_tests",),
    columns=(
        Column("store_test", "text", filled=True),
        Column("is_outside_its_range", "number", filled=True),
        Column("is_unchecked", "number", filled=True),
        Column("is_clear_wrongly", "number", filled=True),
        Column("is_impossible", "number", filled=True),
        Column("is_unexplained", "number", filled=True),
    ),
    checks=(
        *never_null("store_test"),
        unique("store_test"),
        always("is_outside_its_range", 0, "a lift outside its own range"),
        always("is_unchecked", 0, "a lift without a placebo result, or with fewer than six stores to compare with"),
        always("is_clear_wrongly", 0, "called clear although the interval or the placebo test disagrees"),
        always("is_impossible", 0, "a lift of -100 % or less, or above 500 %: sales of the stores are wrong"),
        always("is_unexplained", 0, "not measured, and no reason given"),
    ),
)
