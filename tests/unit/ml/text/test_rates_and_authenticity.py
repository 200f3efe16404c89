"""Rates, alerts, bursts, syndication and incentives, worked by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from ml.errors import InputError
from ml.text.authenticity import bursts, hints
from ml.text.moment_rates import alerts, discoveries, rates


def test_a_rate_has_the_exact_poisson_interval_and_no_opportunity_has_no_rate() -> None:
    counts = pl.DataFrame({"moments_count": [0, 10, 3], "opportunities_count": [1000, 2000, None]})
    got = rates(counts, level=0.95)
    # Garwood's 95 % limits for 0: 0 to 3.689, for 10: 4.795 to 18.390.
    assert got["rate"].to_list() == [0.0, 5.0, None]
    assert got["rate_low"].to_list()[:2] == pytest.approx([0.0, 4.795 / 2], abs=1e-3)
    assert got["rate_high"].to_list()[:2] == pytest.approx([3.689, 18.390 / 2], abs=1e-3)


def test_a_jump_is_an_alert_and_an_even_rate_is_none() -> None:
    counts = pl.DataFrame(
        {
            "store_id": ["jump", "even", "few", "closed"],
            "recent_count": [20, 5, 2, 9],
            "recent_opportunities": [1000, 1000, 1000, 0],
            "earlier_count": [20, 20, 0, 9],
            "earlier_opportunities": [4000, 4000, 4000, 4000],
        }
    )
    got = alerts(counts)
    assert got["is_alert"].to_list() == [True, False, False, False]
    assert got["rate_ratio"].to_list() == [4.0, 1.0, None, None]
    # few: 2 of 2 fall into the recent fifth with probability .04.
    assert got["p_value"].to_list()[2] == pytest.approx(0.04)
    assert got["p_value"].to_list()[3] is None


def test_an_unknown_count_is_refused() -> None:
    counts = pl.DataFrame(
        {"recent_count": [None], "recent_opportunities": [1], "earlier_count": [0], "earlier_opportunities": [1]},
        schema_overrides={"recent_count": pl.Int64},
    )
    with pytest.raises(InputError, match="recent_count"):
        alerts(counts)


def test_false_discoveries_are_held_as_benjamini_and_hochberg_say() -> None:
    p_value = np.array([0.01, 0.04, 0.03, 0.5, np.nan])
    # Cuts at share .1 of four tests: .025, .05, .075, .1: the three smallest pass.
    assert discoveries(p_value, 0.1).tolist() == [True, True, True, False, False]
    assert discoveries(p_value, 0.02).tolist() == [False] * 5


def test_no_alarm_comes_too_often_when_nothing_changes() -> None:
    random = np.random.default_rng(3)
    n = 2000
    counts = pl.DataFrame(
        {
            "recent_count": random.poisson(10, n),
            "recent_opportunities": [1000] * n,
            "earlier_count": random.poisson(40, n),
            "earlier_opportunities": [4000] * n,
        }
    )
    assert alerts(counts)["is_alert"].sum() <= 2


def test_a_day_far_above_the_four_weeks_before_is_a_burst() -> None:
    start = date(2024, 1, 1)
    quiet = [("p", start + timedelta(days=day)) for day in range(28)]
    busy = [("p", start + timedelta(days=28))] * 12
    got = bursts(pl.DataFrame([*quiet, *busy, ("new", start)], schema=["subject", "published_on"], orient="row"))
    last = got.filter((pl.col("subject") == "p") & (pl.col("published_on") == start + timedelta(days=28)))
    assert last.select("pieces_count", "expected_count", "is_burst").row(0) == (12, 1.0, True)
    assert got["is_burst"].sum() == 1


def test_hints_name_their_reasons_and_unknown_is_none() -> None:
    pieces = pl.DataFrame(
        {
            "duplicates_count": [9, None],
            "link_density": [0.5, None],
            "handle_density": [0.0, None],
            "is_burst": [False, None],
            "is_verified_purchase": [False, None],
            "is_undisclosed_incentive": [True, None],
        },
        schema_overrides={"is_burst": pl.Boolean},
    )
    assert hints(pieces).to_list() == [
        ["many_copies", "mostly_links", "purchase_not_verified", "undisclosed_incentive"],
        [],
    ]
