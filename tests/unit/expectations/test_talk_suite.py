"""The scores gate on findings about talk: each rule fails on a row that breaks it and on no other."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expectations.summaries.talk import COLUMNS, talk_findings

RANGED = ("told_mean", "direct_reach", "reach", "expected_reach", "different_people", "listed_people", "relay_ratio")
WOM: dict[str, Any] = {
    "campaign_id": "c1",
    "status": "measured",
    **{f"{name}{end}": None for name in RANGED for end in ("", "_low", "_high")},
    **{"direct_reach": 100.0, "direct_reach_low": 80.0, "direct_reach_high": 120.0},
    **{"reach": 150.0, "reach_low": 110.0, "reach_high": 220.0},
    "relay_probability": 0.1,
    "remembered_share": 1.0,
    "positive_share": 0.8,
    "negative_share": 0.1,
    "endless_share": 0.0,
    "fan_out": 2.0,
    "note": None,
}
LEAD: dict[str, Any] = {
    "cohort": "early",
    "status": "measured",
    "lag_months": 12,
    "lag_months_low": 11,
    "lag_months_high": 13,
    "p_value": 0.01,
    "reverse_p": 0.5,
    "correlation": 0.5,
    "months_count": 60,
    "is_lead": True,
    "note": None,
}
SYNERGY: dict[str, Any] = {
    **{"campaign_id": "c1", "outcome": "store_sales", "partner": "influencer", "order": "any order"},
    "status": "measured",
    **{
        f"{name}{end}": None
        for name in ("nano_effect", "partner_effect", "additive", "check")
        for end in ("", "_low", "_high")
    },
    **{"interaction": 0.1, "interaction_low": 0.0, "interaction_high": 0.2},
    "p_value": 0.1,
    "reading": "suggestive",
    "design": "observational",
    "note": None,
}
BRAND: dict[str, Any] = {
    **{"campaign_id": "c1", "question": "trust", "status": "measured", "design": "randomised", "note": None},
    **{"treated_before": 6.0, "treated_after": 7.0, "control_before": 6.0, "control_after": 6.0},
    **{"effect": 1.0, "effect_low": 0.5, "effect_high": 1.5, "check": None, "check_low": None, "check_high": None},
    **{"p_value": 0.01, "treated_answered_share": 0.7, "control_answered_share": 0.7, "control_count": 80},
}
POSTS: dict[str, Any] = {
    **{"campaign_id": "c1", "measure": "said in a survey", "status": "measured", "note": None},
    **{"people_count": 100, "buyers_count": 30, "share": 0.3, "share_low": 0.2, "share_high": 0.4},
}
TRUST: dict[str, Any] = {
    **{"campaign_id": "c1", "source": "survey", "published_year": 2015, "channel": "brand_site", "status": "measured"},
    **{"contacts": 100.0, "trust_share": 0.7, "trusted_contacts": 70.0, "weighted_share": None, "note": None},
}
REFUSED = dict.fromkeys(WOM) | {"campaign_id": "c2", "status": "refused", "note": "12 members answered"}


def broken(name: str, good: dict[str, Any], **changes: object) -> set[str]:
    row = talk_findings({name: pd.DataFrame([good | changes])}).iloc[0]
    return {rule for rule in COLUMNS[1:] if row[rule]}


def test_good_findings_and_explained_refusals_break_nothing() -> None:
    found = talk_findings({"word_of_mouth": pd.DataFrame([WOM, REFUSED])})
    assert found["finding"].tolist() == ["word_of_mouth.c1", "word_of_mouth.c2"]
    assert found[list(COLUMNS[1:])].to_numpy().sum() == 0


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"reach_low": 160.0}, "is_outside_its_range"),
        ({"direct_reach_high": None}, "is_outside_its_range"),
        ({"direct_reach": None}, "is_without_value"),
        ({"reach": None}, "is_without_value"),
        ({"reach": 90.0, "reach_low": 80.0}, "is_impossible"),
        ({"different_people": 160.0, "different_people_low": 1.0, "different_people_high": 170.0}, "is_impossible"),
        ({"relay_probability": 1.2}, "is_impossible"),
        ({"fan_out": 0.5}, "is_impossible"),
    ],
)
def test_each_fault_of_word_of_mouth_breaks_its_rule(changes: dict[str, object], rule: str) -> None:
    assert broken("word_of_mouth", WOM, **changes) == {rule}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"lag_months_low": 13}, "is_outside_its_range"),
        ({"p_value": None, "is_lead": False}, "is_without_value"),
        ({"p_value": 1.5, "is_lead": False}, "is_impossible"),
        ({"months_count": 47}, "is_impossible"),
        ({"p_value": 0.06}, "is_claimed_wrongly"),
        ({"lag_months": 4, "lag_months_low": 4}, "is_claimed_wrongly"),
    ],
)
def test_each_fault_of_a_lead_breaks_its_rule(changes: dict[str, object], rule: str) -> None:
    assert broken("prosumer_lead", LEAD) == set()
    assert broken("prosumer_lead", LEAD, **changes) == {rule}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"interaction_low": 0.15}, "is_outside_its_range"),
        ({"interaction": None}, "is_without_value"),
        ({"interaction": 2.0, "interaction_high": 3.0}, "is_impossible"),
        ({"reading": "proven"}, "is_claimed_wrongly"),
    ],
)
def test_each_fault_of_synergy_breaks_its_rule(changes: dict[str, object], rule: str) -> None:
    assert broken("synergy", SYNERGY) == set()
    assert broken("synergy", SYNERGY, **changes) == {rule}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"effect_high": 0.9}, "is_outside_its_range"),
        ({"effect": None}, "is_without_value"),
        ({"treated_after": 11.0}, "is_impossible"),
        ({"p_value": 2.0}, "is_impossible"),
        ({"control_count": 29}, "is_claimed_wrongly"),
    ],
)
def test_each_fault_of_a_brand_effect_breaks_its_rule(changes: dict[str, object], rule: str) -> None:
    assert broken("brand_effect", BRAND) == set()
    assert broken("brand_effect", BRAND, **changes) == {rule}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"share_low": 0.35}, "is_outside_its_range"),
        ({"buyers_count": None}, "is_without_value"),
        ({"share": None}, "is_without_value"),
        ({"buyers_count": 101}, "is_impossible"),
    ],
)
def test_each_fault_of_purchases_after_posts_breaks_its_rule(changes: dict[str, object], rule: str) -> None:
    assert broken("posts_sell", POSTS) == set()
    assert broken("posts_sell", POSTS, **changes) == {rule}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"trusted_contacts": None}, "is_without_value"),
        ({"trusted_contacts": 101.0}, "is_impossible"),
        ({"trust_share": 70.0}, "is_impossible"),
        ({"status": "refused"}, "is_unexplained"),
    ],
)
def test_each_fault_of_trust_breaks_its_rule(changes: dict[str, object], rule: str) -> None:
    assert broken("trust_sensitivity", TRUST) == set()
    assert broken("trust_sensitivity", TRUST, **changes) == {rule}


def test_a_part_with_its_reason_and_a_refusal_without_one() -> None:
    assert broken("word_of_mouth", WOM, reach=None, note="20 hearers") == set()
    assert broken("word_of_mouth", REFUSED, note=None) == {"is_unexplained"}


def test_a_key_that_is_unknown_still_names_its_finding() -> None:
    table = pd.DataFrame([TRUST, TRUST | {"published_year": None}])
    found = talk_findings({"trust_sensitivity": table})["finding"].tolist()
    assert found == ["trust.c1.survey.2015.0.brand_site", "trust.c1.survey.unknown.brand_site"]


def test_nothing_tried_is_an_empty_frame() -> None:
    assert list(talk_findings({}).columns) == list(COLUMNS)
