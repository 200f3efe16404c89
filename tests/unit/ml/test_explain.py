"""Reasons in plain words."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ml.errors import InputError
from ml.explain import check_additive, group_contributions, reasons
from ml.features.dictionary import GROUPS

NAMES = ["purchases_30d_count", "last_purchase_age_days", "net_spend_90d_minor", "followers_largest_count"]
# Columns as NAMES, then the model's average.
PARTS = np.array([[0.3, -0.1, -0.5, 0.0, 9.0], [0.0, 0.0, 0.0, 0.1, 9.0]])
VALUES = pl.DataFrame(
    {
        "purchases_30d_count": [3.0, 0.0],
        "last_purchase_age_days": [2.0, None],
        "net_spend_90d_minor": [12345.0, 0.0],
        "followers_largest_count": [None, 740.0],
    }
)


def test_contributions_of_a_group_are_added_up() -> None:
    by_group = group_contributions(PARTS, NAMES)
    assert by_group[0, GROUPS.index("how often they buy")] == pytest.approx(0.2)
    assert by_group[0, GROUPS.index("how much they spend")] == pytest.approx(-0.5)


def test_the_strongest_groups_come_first_with_direction_and_value() -> None:
    found = reasons(PARTS, VALUES, NAMES, currency="EUR")
    assert found["reason_1"][0] == "lowers: how much they spend (net spend in the last 90 days: 123 EUR)"
    # The group raises by .2 in all: the feature that raises is named, not the one that lowers.
    assert found["reason_2"][0] == "raises: how often they buy (purchases in the last 30 days: 3)"


def test_groups_that_moved_nothing_are_no_reasons() -> None:
    found = reasons(PARTS, VALUES, NAMES, currency="EUR")
    assert found.row(1) == ("raises: audience (followers of their largest account: 740)", None, None)


def test_an_unknown_value_is_called_unknown() -> None:
    parts = np.array([[0.0, 0.0, 0.0, -0.2, 0.0]])
    found = reasons(parts, VALUES.head(1), NAMES, currency="EUR")
    assert found["reason_1"][0] == "lowers: audience (followers of their largest account: unknown)"


def test_contributions_that_miss_the_score_are_an_error() -> None:
    check_additive(PARTS, PARTS.sum(axis=1) + 9e-7)
    with pytest.raises(InputError, match=r"miss the score by up to 1\.00e-05"):
        check_additive(PARTS, PARTS.sum(axis=1) + 1e-5)
