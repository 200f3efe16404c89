"""Who may be listed, and what is said of them: consent, minors, NULL that stays NULL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from orchestration.exports.context import ExportContext
from orchestration.exports.facade import build_exports
from orchestration.exports.inputs import take
from orchestration.exports.people import may_be_listed

pytestmark = pytest.mark.usefixtures("every_group_is_shown")

PEOPLE = ("ambassador_candidates", "ambassador_scores", "uplift_scores")


def person(exports: dict[str, pl.DataFrame], key: str) -> dict[str, object]:
    return exports["ambassador_candidates"].row(by_predicate=pl.col("consumer_key") == key, named=True)


@pytest.mark.parametrize("output", PEOPLE)
@pytest.mark.parametrize(
    ("key", "why"), [("p2", "never asked"), ("p3", "scoring consent withdrawn"), ("p4", "known minor")]
)
def test_people_without_a_basis_are_in_no_export(
    frames, context: ExportContext, output: str, key: str, why: str
) -> None:
    assert key not in build_exports(frames, context)[output].get_column("consumer_key").to_list(), why


def test_everybody_with_consent_is_listed_on_that_basis(frames, context: ExportContext) -> None:
    candidates = build_exports(frames, context)["ambassador_candidates"]
    assert candidates.select("consumer_key", "basis").rows() == [
        ("p1", "consent"),
        ("p5", "consent"),
        ("p6", "consent"),
    ]


def test_a_research_basis_of_every_source_lists_who_was_never_asked_but_not_who_withdrew(
    frames, context: ExportContext
) -> None:
    research = replace(context, source_basis={"till": "research_dataset", "social": "research_dataset"})
    listed = may_be_listed(take(frames, "dim_consumers"), research).people
    assert listed.rows() == [
        ("p1", "consent"),
        ("p2", "research_dataset"),
        ("p5", "consent"),
        ("p6", "consent"),
    ]


def test_who_was_left_out_is_counted_in_data_quality(frames, context: ExportContext) -> None:
    quality = build_exports(frames, context)["data_quality"].filter(pl.col("area") == "people")
    assert dict(quality.select("item", "value").rows()) == {
        "left out: known minor": 1,
        "left out: no basis: scoring consent never given": 1,
        "left out: scoring consent withdrawn": 1,
        "people listed": 3,
        "scores not exported: ambassador": 1,
        "scores not exported: uplift": 1,
    }


def test_ugc_of_90_days_leaves_out_old_undated_and_deleted_pieces(frames, context: ExportContext) -> None:
    facts = person(build_exports(frames, context), "p1")
    assert (facts["ugc_90_days_count"], facts["organic_ugc_90_days_count"]) == (2, 1)
    assert facts["last_ugc_on"] == date(2026, 6, 30)


def test_a_silent_account_has_zero_pieces_and_a_person_without_account_has_none_reported(
    frames, context: ExportContext
) -> None:
    exports = build_exports(frames, context)
    assert person(exports, "p6")["ugc_90_days_count"] == 0
    assert person(exports, "p5")["ugc_90_days_count"] is None


def test_an_unknown_incentive_makes_the_unpaid_count_unknown(frames, context: ExportContext) -> None:
    frames["fct_ugc"] = frames["fct_ugc"].with_columns(is_organic=pl.lit(None, pl.Boolean))
    facts = person(build_exports(frames, context), "p1")
    assert (facts["ugc_90_days_count"], facts["organic_ugc_90_days_count"]) == (2, None)


def test_a_return_is_no_purchase(frames, context: ExportContext) -> None:
    assert person(build_exports(frames, context), "p1")["last_purchase_on"] == date(2026, 5, 5)


def test_states_carry_their_dates(frames, context: ExportContext) -> None:
    exports = build_exports(frames, context)
    p1 = person(exports, "p1")
    # Active in a campaign that ended on 31 March, first unpaid piece after it on 1 April.
    assert (p1["state"], p1["member_on"], p1["active_on"], p1["ambassador_on"]) == (
        "ambassador",
        date(2026, 3, 1),
        date(2026, 3, 9),
        date(2026, 4, 1),
    )
    assert (person(exports, "p6")["state"], person(exports, "p5")["state"]) == ("member", "candidate")


def test_ranks_count_from_one_among_the_people_on_the_list(frames, context: ExportContext) -> None:
    exports = build_exports(frames, context)
    assert exports["ambassador_scores"].select("consumer_key", "rank").rows() == [("p6", 1), ("p1", 2)]
    first = exports["uplift_scores"].filter(pl.col("outcome") == "first_purchase")
    assert first.select("consumer_key", "rank").rows() == [("p1", 1), ("p6", 2)]


def test_money_effects_are_in_main_units_and_shares_stay_shares(frames, context: ExportContext) -> None:
    scores = build_exports(frames, context)["uplift_scores"].filter(pl.col("consumer_key") == "p1")
    assert scores.select("outcome", "expected_extra", "unit").rows() == [
        ("first_purchase", 0.3, "share"),
        ("net_spend", 2.5, "EUR"),
    ]
