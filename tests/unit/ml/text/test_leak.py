"""Copies of test texts are found: as they are, and nearly."""

from __future__ import annotations

import polars as pl

from ml.text.leak import leaking


def test_equal_after_normalising_and_nearly_equal_texts_leak() -> None:
    ten = "one two three four five six seven eight nine ten"
    texts = pl.Series(["Great service, here TODAY!!", "quite another text than that one", ten, "hi", "", None])
    tests = pl.Series(["great service here today", ten + " eleven", "HI!", None])
    # The shingles of ten words are 8, of eleven 9: 8 shared of 9 is .89.
    assert leaking(texts, tests).tolist() == [True, False, True, True, False, False]


def test_half_shared_shingles_do_not_leak() -> None:
    # 4 shingles each, 2 shared of 6: .33.
    assert leaking(pl.Series(["a b c d e f"]), pl.Series(["x y c d e f"])).tolist() == [False]
