"""What earlier scores were worth, in markets where the answer is known, and where it cannot be told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from ml.holdout import in_standing_holdout
from ml.monitoring.outcomes import outcomes_after
from ml.monitoring.realised import (
    RESULTS_SCHEMA,
    ScoreFile,
    against_campaign,
    against_holdout,
    not_yet_mature,
    results_frame,
)
from tests.unit.ml.worlds import marts, member, sale

DAY = date(2025, 1, 31)
N = 20_000


def _file(uplift: np.ndarray[Any, np.dtype[np.float64]], outcome: str = "first_purchase") -> ScoreFile:
    order = np.argsort(-uplift, kind="stable")
    scores = pl.DataFrame(
        {
            "campaign_id": "c1",
            "consumer_key": [f"k{number}" for number in order],
            "outcome": outcome,
            "uplift": uplift[order],
            "rank": np.arange(1, uplift.size + 1),
            "group_label": np.where(uplift[order] > 0.1, "contact helps", "unknown"),
            "model_id": "m1",
        }
    )
    return ScoreFile(DAY, scores)


def _world(seed: int = 1) -> tuple[ScoreFile, pl.DataFrame, pl.DataFrame]:
    """The better half gains .3 from contact, the others nothing; half of those who may be contacted are."""
    rng = np.random.default_rng(seed)
    keys = pl.Series([f"k{number}" for number in range(N)])
    gain = np.where(np.arange(N) < N // 2, 0.3, 0.0)
    free = ~in_standing_holdout(keys, share=0.2, seed=1).to_numpy()
    contacted = free & (rng.random(N) < 0.5)
    bought = rng.random(N) < 0.2 + gain * contacted
    outcomes = pl.DataFrame({"campaign_id": "c1", "consumer_key": keys, "first_purchase": bought, "net_spend": 0})
    members = pl.DataFrame(
        {"arm": "treatment", "consumer_key": keys.filter(pl.Series(contacted)), "starts_on": DAY + timedelta(days=9)}
    )
    return _file(gain + rng.normal(0, 1e-3, N)), outcomes.filter("first_purchase"), members


def _by_group(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["people_group"]: row for row in results_frame(rows).to_dicts()}


def test_the_holdout_tells_what_contact_brought_in_each_group() -> None:
    file, outcomes, members = _world()
    found = _by_group(against_holdout(file, outcomes, members, outcome_days=90, share=0.2, seed=1))
    for group, gain in (("best 10 %", 0.3), ("contact helps", 0.3), ("unknown", 0.0), ("everybody", 0.15)):
        row = found[group]
        error = (row["realised_high"] - row["realised_low"]) / 2 / 1.645
        assert row["status"] == "measured"
        assert abs(row["realised_extra"] - gain) < 3 * error, group
        assert row["realised_low"] < row["realised_extra"] < row["realised_high"]
    assert found["everybody"]["contacted_share"] == pytest.approx(0.5, abs=0.02)
    assert found["everybody"]["compared_contacted_share"] == 0.0
    assert found["best 10 %"]["predicted_extra"] == pytest.approx(0.3, abs=0.01)


def test_where_nobody_was_contacted_nothing_is_claimed() -> None:
    file, outcomes, members = _world()
    nobody = _by_group(against_holdout(file, outcomes, members.head(0), outcome_days=90, share=0.2, seed=1))
    assert nobody["everybody"]["status"] == "not measured"
    assert nobody["everybody"]["note"] == "hardly anybody was contacted since"
    assert nobody["everybody"]["realised_extra"] is None


def test_a_holdout_that_was_contacted_all_the_same_is_told() -> None:
    file, outcomes, _ = _world()
    everybody = file.scores.select("consumer_key", arm=pl.lit("treatment"), starts_on=pl.lit(DAY + timedelta(days=1)))
    found = _by_group(against_holdout(file, outcomes, everybody, outcome_days=90, share=0.2, seed=1))
    assert found["everybody"]["note"] == "those kept out were contacted nearly as often"


def test_contacts_before_the_scores_or_after_the_window_are_none_of_theirs() -> None:
    file, outcomes, members = _world()
    early = members.with_columns(starts_on=pl.lit(DAY))
    late = members.with_columns(starts_on=pl.lit(DAY + timedelta(days=91)))
    for other in (early, late):
        found = _by_group(against_holdout(file, outcomes, other, outcome_days=90, share=0.2, seed=1))
        assert found["everybody"]["contacted_share"] == 0.0


def test_a_later_campaign_judges_the_scores_by_its_own_draw() -> None:
    rng = np.random.default_rng(2)
    gain = np.where(np.arange(4000) < 2000, 0.3, 0.0)
    treated = rng.random(4000) < 0.5
    bought = rng.random(4000) < 0.2 + gain * treated
    start = date(2025, 2, 10)
    rows = [
        member(f"k{number}", "treatment" if treated[number] else "control", start, first_purchase=bool(bought[number]))
        for number in range(4000)
    ]
    outside = [member("z", "comparison", start, first_purchase=True)]
    found = _by_group(against_campaign(_file(gain), marts(fct_campaign_members=rows + outside)["fct_campaign_members"]))
    for group, true in (("best 10 %", 0.3), ("unknown", 0.0)):
        error = (found[group]["realised_high"] - found[group]["realised_low"]) / 2 / 1.645
        assert abs(found[group]["realised_extra"] - true) < 3 * error
    assert found["everybody"]["people_count"] + found["everybody"]["compared_count"] == 4000
    assert found["everybody"]["later_campaign_id"] == "c1"


def test_scores_whose_window_is_open_say_until_when() -> None:
    rows = results_frame(not_yet_mature(_file(np.zeros(5)), 90))
    assert dict(rows.schema) == RESULTS_SCHEMA
    assert rows.row(0, named=True)["status"] == "not yet mature"
    assert rows["matures_on"].to_list() == [date(2025, 5, 1)]  # 31 January + 90 days


def test_outcomes_are_sales_of_the_campaigns_products_in_the_window() -> None:
    found = outcomes_after(
        marts(
            fct_sales_lines=[
                sale("a", date(2025, 2, 1), 500),
                sale("a", date(2025, 2, 2), -200, is_return=True, transaction_id="r"),
                sale("b", date(2025, 1, 31), 900),  # the day of the scores itself is before
                sale("c", date(2025, 5, 1), 700),  # the 90th day
                sale("d", date(2025, 5, 2), 700),
                sale("e", date(2025, 2, 1), 700, product_id="p2"),
                sale("f", date(2025, 2, 1), 100, currency="USD"),
            ],
            bridge_campaign_products=[{"campaign_id": "c1", "product_id": "p1"}],
            fct_campaign_members=[member("a", "treatment", date(2024, 1, 1), outcome_basis="products")],
        ),
        DAY,
        ["c1"],
        outcome_days=90,
        currency="EUR",
    ).sort("consumer_key")
    assert found.rows() == [("c1", "a", True, 300), ("c1", "c", True, 700), ("c1", "f", True, 0)]
