"""Findings about talk as marketers read them: rows, units, words, and the blocks of the report."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from orchestration.exports.brand_effect import brand_effect, posts_sell
from orchestration.exports.context import ExportContext
from orchestration.exports.contract_talk import TALK_OUTPUTS
from orchestration.exports.prosumer_lead import prosumer_lead
from orchestration.exports.report.talk import talk_blocks
from orchestration.exports.report.view_talk import TalkBlock
from orchestration.exports.synergy import synergy
from orchestration.exports.trust import trust_sensitivity
from orchestration.exports.wom_reach import wom_reach
from tests.unit.exports.conftest import Frames, frame

REACH: dict[str, Any] = {
    "campaign_id": "spring",
    "members_group": "active",
    "members_count": 400,
    "asked_count": 120,
    "members_needed_count": 300,
    "hearers_needed_count": 800,
    "direct_reach": 2_400.0,
    "direct_reach_low": 2_000.0,
    "direct_reach_high": 2_900.0,
    "reach": 3_200.0,
    "reach_low": 2_700.0,
    "reach_high": 3_900.0,
    "different_people": 3_000.0,
    "interval_level": 0.9,
    "status": "measured",
}
STEPS: list[dict[str, Any]] = [
    {"campaign_id": "spring", "generation": 1, "people": 2_410.0, "people_low": 1_900.0, "people_high": 2_950.0},
    {"campaign_id": "spring", "generation": 2, "people": 600.0, "people_low": 300.0, "people_high": 1_000.0},
]


def every(**given: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """All outputs about talk, empty where not given."""
    return {output.name: output.empty() for output in TALK_OUTPUTS} | given


def block(ident: str, **given: pl.DataFrame) -> TalkBlock:
    """The report's block of that name."""
    return next(one for one in talk_blocks(every(**given)) if one.ident == ident)


def told(frames: Frames, context: ExportContext, *rows: dict[str, Any], steps: bool = True) -> pl.DataFrame:
    own = {
        "word_of_mouth": frame("word_of_mouth", list(rows)),
        "word_of_mouth_generations": frame("word_of_mouth_generations", STEPS if steps else []),
    }
    return wom_reach({"dim_campaigns": frames["dim_campaigns"]} | own, context)


def test_everybody_comes_first_and_the_first_step_is_what_this_campaigns_members_told(
    frames: Frames, context: ExportContext
) -> None:
    table = told(frames, context, REACH)
    assert table["step"].to_list() == ["everybody", "told by members", "told by their hearers"]
    assert table["people"].to_list() == [3_200.0, 2_400.0, 600.0]
    assert table["members_count"].to_list() == [400, None, None]
    words = table["in_words"][0].replace("\u202f", " ")
    assert words.startswith("Spring tasting reached about 3,200 (90 % range 2,700 to 3,900) people by talk")
    assert "at most 3,000 different people" in words
    assert "range is wide" not in words


def test_words_have_three_figures_and_columns_have_all(frames: Frames, context: ExportContext) -> None:
    row = told(frames, context, REACH | {"reach": 3_456.0}).row(0, named=True)
    assert row["people"] == 3_456.0
    assert "about 3,460 (" in row["in_words"]


def test_a_wide_range_says_how_many_to_ask(frames: Frames, context: ExportContext) -> None:
    words = told(frames, context, REACH | {"reach_high": 5_000.0})["in_words"][0]
    assert "answers of 300 members and 800 people they told" in words


def test_only_what_members_told_is_in_part_and_the_whole_stays_empty(frames: Frames, context: ExportContext) -> None:
    part = {name: value for name, value in REACH.items() if not name.startswith(("reach", "different"))}
    row = told(frames, context, part | {"note": "20 hearers: at least 50 are needed"}).row(0, named=True)
    assert (row["status"], row["people"]) == ("in part", None)
    assert "whether these told it on is not measured" in row["in_words"]


def test_a_refused_survey_says_why_and_the_report_shows_no_figure(frames: Frames, context: ExportContext) -> None:
    refused = {"campaign_id": "spring", "status": "refused", "note": "12 members answered", "interval_level": 0.9}
    table = told(frames, context, refused, steps=False)
    assert table.row(0, named=True)["interval_level"] is None
    assert "cannot be measured: 12 members answered" in table["in_words"][0]
    (row,) = next(block for block in talk_blocks(every(wom_reach=table)) if block.ident == "wom").rows
    assert (row.value, row.tone) == ("", "missing")


def test_no_survey_names_what_is_needed(frames: Frames, context: ExportContext) -> None:
    block = talk_blocks(every(wom_reach=told(frames, context, steps=False)))[0]
    assert block.rows == ()
    assert "wom_surveys" in block.needs


LEAD: dict[str, Any] = {
    "cohort": "early buyers who are socially active",
    "people_count": 180,
    "categories_count": 8,
    "months_count": 60,
    "lag_months": 12,
    "lag_months_low": 11,
    "lag_months_high": 13,
    "p_value": 0.001,
    "reverse_p": 0.6,
    "is_lead": True,
    "interval_level": 0.9,
    "design": "observational",
    "status": "measured",
}


def lead(context: ExportContext, **changes: Any) -> pl.DataFrame:
    row = LEAD | changes
    lags = [{"cohort": row["cohort"], "lag_months": lag, "correlation": lag / 20} for lag in (11, 12, 13)]
    return prosumer_lead(
        {"prosumer_lead": frame("prosumer_lead", [row]), "prosumer_lead_lags": frame("prosumer_lead_lags", lags)},
        context,
    )


def test_a_lead_has_its_months_and_says_that_it_is_no_cause(context: ExportContext) -> None:
    table = lead(context)
    assert table["lag_months"].to_list() == [11, 12, 13]
    assert table["is_best"].to_list() == [False, True, False]
    words = table["in_words"][0]
    assert "comes about 12 months (11 to 13) before what everybody else buys" in words
    assert "not why" in words
    (row,) = block("lead", prosumer_lead=table).rows
    assert (row.value, row.span, row.tone) == ("12", "11 to 13", "good")


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({"is_lead": False, "p_value": 0.4}, "no lead found", "as far as 60 months can tell"),
        ({"is_lead": False, "lag_months": 3, "lag_months_low": 3}, "leads by less", "about 3 months"),
        ({"reverse_p": 0.01}, "leads", "both may follow a third thing"),
    ],
)
def test_the_verdict_is_as_careful_as_the_test(
    context: ExportContext, changes: dict[str, Any], verdict: str, words: str
) -> None:
    row = lead(context, **changes).row(0, named=True)
    assert row["verdict"] == verdict
    assert words in row["in_words"]


def test_a_short_history_is_one_row_that_says_so(context: ExportContext) -> None:
    refused = {"cohort": "early", "design": "observational", "status": "refused", "note": "18 whole months are known"}
    table = prosumer_lead({"prosumer_lead": frame("prosumer_lead", [refused])}, context)
    assert table.height == 1
    assert table["in_words"][0] == "Whether prosumers lead cannot be said: 18 whole months are known."


SYNERGY: dict[str, Any] = {
    "campaign_id": "spring",
    "outcome": "store_receipts",
    "partner": "influencer",
    "order": "nano first",
    **{"interaction": 0.1, "interaction_low": 0.02, "interaction_high": 0.18},
    **{"additive": 0.11, "additive_low": 0.02, "additive_high": 0.2},
    **{"check": 0.0, "check_low": -0.1, "check_high": 0.1},
    "interval_level": 0.9,
    "reading": "suggestive",
    "design": "observational",
    "status": "measured",
}


def together(frames: Frames, context: ExportContext, **changes: Any) -> pl.DataFrame:
    return synergy(
        {"dim_campaigns": frames["dim_campaigns"], "synergy": frame("synergy", [SYNERGY | changes])}, context
    )


def test_log_effects_become_ratios(frames: Frames, context: ExportContext) -> None:
    row = together(frames, context).row(0, named=True)
    assert row["on_top"] == pytest.approx(0.10517, abs=1e-5)
    assert row["on_top_added"] == 0.11
    assert row["members_alone"] is None
    assert "members first) together came with more receipts than each alone: +10.5\u202f%" in row["in_words"]
    assert "Suggestive" in row["in_words"]


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({"interaction": -0.1, "interaction_low": -0.2, "interaction_high": -0.05}, "less together", "less receipts"),
        ({"interaction_low": -0.01}, "not clear", "no difference from the two added up"),
        ({"check_low": 0.01}, "more together", "do not rely"),
        (
            {"outcome": "new_visitor_orders"},
            "more together",
            "new visitors of its pages who order changed by +10.5\u202f%",
        ),
        ({"status": "refused", "note": "2 areas with both"}, "not measured", "cannot be told: 2 areas with both"),
    ],
)
def test_what_both_do_together_is_said_as_far_as_it_goes(
    frames: Frames, context: ExportContext, changes: dict[str, Any], verdict: str, words: str
) -> None:
    table = together(frames, context, **changes)
    row = table.row(0, named=True)
    assert row["verdict"] == verdict
    assert words in row["in_words"]
    (shown,) = block("synergy", synergy=table).rows
    assert shown.verdict == verdict


BRAND: dict[str, Any] = {
    **{"campaign_id": "spring", "question": "trust", "design": "randomised", "status": "measured"},
    **{"effect": 0.4, "effect_low": 0.2, "effect_high": 0.6, "interval_level": 0.9},
}


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({}, "clear gain", "trust in the brand: changed by +0.40 points of 10"),
        ({"effect_low": -0.1}, "not clear", "no effect can be told from chance"),
        ({"effect": -0.4, "effect_low": -0.6, "effect_high": -0.2}, "clear loss", "by \u22120.40"),
        ({"design": "observational"}, "clear gain", "came with a change of +0.40 points of 10"),
        ({"check": 0.3, "check_low": 0.1, "check_high": 0.5}, "clear gain", "differed before the campaign already"),
        ({"status": "refused", "note": "12 answers"}, "not measured", "cannot be measured: 12 answers"),
    ],
)
def test_the_brand_effect_is_said_as_far_as_it_goes(
    frames: Frames, context: ExportContext, changes: dict[str, Any], verdict: str, words: str
) -> None:
    inputs = {"dim_campaigns": frames["dim_campaigns"], "brand_effect": frame("brand_effect", [BRAND | changes])}
    table = brand_effect(inputs, context)
    assert table["verdict"][0] == verdict
    assert words in table["in_words"][0]
    (shown,) = block("brand", brand_effect=table).rows
    assert shown.verdict == verdict


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "37.5 % of 80 people asked say they bought after seeing a post"),
        ({"measure": "came by code or link", "share": None}, "30 known people bought with a member's code or link"),
        ({"measure": "more than in the holdout"}, "37.5 % of those invited bought who would not have otherwise"),
        ({"status": "refused", "note": "3 people were asked"}, "cannot be told: 3 people were asked"),
    ],
)
def test_purchases_after_posts_say_how_they_are_known(
    frames: Frames, context: ExportContext, changes: dict[str, Any], words: str
) -> None:
    row = {"campaign_id": "spring", "measure": "said in a survey", "people_count": 80, "buyers_count": 30} | {
        **{"share": 0.375, "share_low": 0.3, "share_high": 0.5, "interval_level": 0.9},
        **{"design": "observational", "status": "measured"},
    }
    inputs = {"dim_campaigns": frames["dim_campaigns"], "posts_sell": frame("posts_sell", [row | changes])}
    table = posts_sell(inputs, context)
    assert words in table["in_words"][0].replace("\u202f", " ")
    assert len(block("posts", posts_sell=table).rows) == 1


def test_trust_stands_under_every_source_with_the_channels_it_leaves_out(
    frames: Frames, context: ExportContext
) -> None:
    whole = {
        "campaign_id": "spring",
        "channel": "all channels",
        "scale": "share",
        "contacts": 100.0,
        "status": "measured",
    }
    rows = [
        whole | {"source": "articles", "weighted_share": 0.8, "note": "without online_opinions: see their rows"},
        whole | {"source": "survey", "published_year": 2015, "weighted_share": 0.7},
    ]
    inputs = {"dim_campaigns": frames["dim_campaigns"], "trust_sensitivity": frame("trust_sensitivity", rows)}
    table = trust_sensitivity(inputs, context)
    assert table["channel"].to_list() == ["all together", "all together"]
    assert table["note"][0] == "without posts of people: see their rows"
    shown = block("trust", trust_sensitivity=table).rows
    assert [row.what for row in shown] == ["articles (no year stated)", "survey (2015)"]
    assert shown[0].value.replace("\u202f", " ") == "80 %"
