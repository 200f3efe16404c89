"""The standing holdout: a fixed share, the same people every day, chosen by nothing but lot."""

from __future__ import annotations

import hashlib

import polars as pl
import pytest

from ml.errors import InputError
from ml.holdout import in_standing_holdout

PEOPLE = pl.Series([f"k1_{number:032x}" for number in range(20_000)])


def test_one_in_twenty_is_kept_out() -> None:
    # Binomial(20,000, .05): 1,000 give or take 31; four deviations.
    assert abs(int(in_standing_holdout(PEOPLE, share=0.05, seed=1).sum()) - 1000) < 124


def test_a_person_stays_in_whatever_the_others_do() -> None:
    among_all = in_standing_holdout(PEOPLE, share=0.05, seed=1)
    backwards = in_standing_holdout(PEOPLE.reverse().head(50), share=0.05, seed=1)
    assert backwards.to_list() == among_all.reverse().head(50).to_list()


def test_a_larger_share_keeps_everybody_who_was_in_a_smaller_one() -> None:
    small, large = (in_standing_holdout(PEOPLE, share=share, seed=1) for share in (0.02, 0.05))
    assert not (small & ~large).any()


def test_the_lots_are_the_documented_hash() -> None:
    lot = int(hashlib.sha256(b"standing holdout|7|a").hexdigest()[:16], 16) / 2**64
    just_above, just_below = lot + 1e-9, lot - 1e-9
    assert in_standing_holdout(pl.Series(["a"]), share=just_above, seed=7).to_list() == [True]
    assert in_standing_holdout(pl.Series(["a"]), share=just_below, seed=7).to_list() == [False]


def test_another_seed_draws_other_people_and_a_share_of_one_is_refused() -> None:
    one, two = (in_standing_holdout(PEOPLE, share=0.05, seed=seed) for seed in (1, 2))
    assert 20 < int((one & two).sum()) < 85  # 50 by chance
    with pytest.raises(InputError, match="below 1"):
        in_standing_holdout(PEOPLE, share=1.0, seed=1)
