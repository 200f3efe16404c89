"""The population stability index, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from expectations.summaries.drift import bins_of, psi


def past_of(values: pd.Series) -> dict[str, list[float]]:
    return {name: [value] for name, value in bins_of(values, "f").items()}


def test_the_same_distribution_has_no_drift() -> None:
    values = pd.Series(np.arange(1000.0))
    assert psi(values.sample(frac=1, random_state=1), "f", past_of(values)) == pytest.approx(0.0)


def test_half_moved_to_the_top_bin_by_hand() -> None:
    # Ten bins of .1. Values above the median become 10,000: five bins keep .1, four fall to 0 (read as .0001), the
    # last rises to .5: 4 (.0001 - .1) ln(.001) + (.5 - .1) ln 5.
    values = pd.Series(np.arange(1000.0))
    expected = 4 * (0.0001 - 0.1) * math.log(0.001) + 0.4 * math.log(5)
    assert psi(values.where(values < 500, 10_000.0), "f", past_of(values)) == pytest.approx(expected, rel=0.01)


def test_an_emptied_column_is_drift() -> None:
    values = pd.Series(np.arange(1000.0))
    assert psi(pd.Series([np.nan] * 1000), "f", past_of(values)) > 2


def test_too_few_rows_say_nothing() -> None:
    assert bins_of(pd.Series(np.arange(199.0)), "f") == {}
    assert math.isnan(psi(pd.Series(np.arange(199.0)), "f", past_of(pd.Series(np.arange(1000.0)))))


def test_a_column_of_one_value_can_drift_too() -> None:
    past = past_of(pd.Series([0.0] * 500))
    assert psi(pd.Series([0.0] * 500), "f", past) == pytest.approx(0.0)
    assert psi(pd.Series([5.0] * 500), "f", past) > 2


def test_edges_of_an_earlier_night_are_not_mixed_with_those_of_the_latest() -> None:
    many, few = bins_of(pd.Series(np.arange(1000.0)), "f"), bins_of(pd.Series(np.arange(1000.0) // 300), "f")
    assert len(few) < len(many)
    history = {name: [each[name] for each in (many, few) if name in each] for name in many}
    assert psi(pd.Series(np.arange(1000.0) // 300), "f", history) == pytest.approx(0.0)
