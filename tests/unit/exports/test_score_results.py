"""score_results and the standing holdout: told, not yet mature, not to be told; who is kept out is flagged."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from ml.holdout import in_standing_holdout
from orchestration.exports.context import ExportContext
from orchestration.exports.facade import build_exports
from orchestration.exports.inputs import INPUTS
from orchestration.exports.language import ENGLISH
from orchestration.exports.report.charts.figure import Figure, Missing
from orchestration.exports.report.charts.past_scores import realised
from orchestration.exports.report.past_scores import held_out, past_scores
from orchestration.exports.score_results import score_results

KEY = {
    "scored_on": date(2026, 1, 31),
    "campaign_id": "spring",
    "outcome": "first_purchase",
    "model_id": "m1",
    "compared_with": "people kept out by lot",
    "people_group": "everybody",
    "people_count": 1900,
}
TOLD = {
    "status": "measured",
    "compared_count": 100,
    "predicted_extra": 0.05,
    "realised_extra": 0.04,
    "realised_low": 0.01,
    "realised_high": 0.07,
    "interval_level": 0.9,
    "matures_on": date(2026, 5, 1),
}


def _frame(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = INPUTS["score_results"]
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


def _words(context: ExportContext, *rows: dict[str, Any]) -> list[str]:
    table = score_results({"score_results": _frame(*rows)}, context)
    return [text.replace("\u00a0", " ").replace("\u202f", " ") for text in table["in_words"]]


def test_expected_and_realised_stand_side_by_side_with_the_range(context: ExportContext) -> None:
    assert _words(context, KEY | TOLD) == [
        "Scores of 31 January 2026, everybody: expected +5.0 in 100, brought +4.0 in 100 (90 % range +1.0 in 100 to "
        "+7.0 in 100): more than chance; what was expected lies within the range."
    ]


def test_money_is_per_person_in_main_units(context: ExportContext) -> None:
    money = {"outcome": "net_spend", "predicted_extra": 900.0, "realised_extra": 250.0}
    row = KEY | TOLD | money | {"realised_low": -100.0, "realised_high": 600.0}
    assert _words(context, row) == [
        "Scores of 31 January 2026, everybody: expected EUR +9.00, brought EUR +2.50 (90 % range EUR −1.00 to EUR "
        "+6.00): not to be told from nothing; what was expected lies outside the range."
    ]


def test_open_windows_and_refusals_say_so(context: ExportContext) -> None:
    waits = KEY | {"status": "not yet mature", "matures_on": date(2026, 9, 28)}
    refused = KEY | {
        "people_group": "best 10 %",
        "status": "not measured",
        "note": "hardly anybody was contacted since",
    }
    assert _words(context, waits, refused) == [
        "Scores of 31 January 2026, best 10 %: cannot be told, hardly anybody was contacted since.",
        "Scores of 31 January 2026: not yet mature, what they were worth is known from 28 September 2026 on.",
    ]


def test_the_page_shows_what_can_be_told_first(context: ExportContext) -> None:
    waits = KEY | {"scored_on": date(2026, 6, 30), "status": "not yet mature", "matures_on": date(2026, 9, 28)}
    blocks = past_scores(score_results({"score_results": _frame(waits, KEY | TOLD)}, context), {})
    assert [block.label for block in blocks] == ["measured", "not yet mature"]
    assert blocks[0].title == "First-time buyers, told by people kept out by lot"


def test_each_list_and_comparison_has_a_chart_of_its_own_with_everybody_first(context: ExportContext) -> None:
    groups = [KEY | TOLD | {"people_group": name} for name in ("best 10 %", "contact helps", "everybody", "other 70 %")]
    later = {"compared_with": "a later campaign", "later_campaign_id": "autumn"}
    money = {"outcome": "net_spend", "predicted_extra": 900.0, "realised_extra": 250.0}
    rows = (*groups, KEY | TOLD | later, KEY | TOLD | money)
    charts = realised(score_results({"score_results": _frame(*rows)}, context), {"autumn": "Autumn test"}, ENGLISH)
    drawn = [chart for chart in charts if isinstance(chart, Figure)]
    assert [chart.title.replace("\u00a0", " ") for chart in drawn] == [
        "First-time buyers, told by Autumn test (Scores of 31 January 2026)",
        "First-time buyers, told by people kept out by lot (Scores of 31 January 2026)",
        "Sales, told by people kept out by lot (Scores of 31 January 2026)",
    ]
    (names,) = (json.loads(text) for text in drawn[1].spec["datasets"].values() if "best" in text)
    assert [row["name"] for row in names] == ["everybody", "best 10 %", "other 70 %", "contact helps"]
    assert drawn[2].axis == "extra, EUR per person"
    (told, *_) = past_scores(score_results({"score_results": _frame(*groups)}, context), {})
    assert ["everybody" in sentence for sentence in told.sentences] == [True, False, False, False]


def test_old_scores_that_cannot_be_told_are_not_said_to_be_too_young(context: ExportContext) -> None:
    why = {"status": "not measured", "note": "hardly anybody was contacted since", "matures_on": date(2026, 5, 1)}
    rows = (KEY | why, KEY | why | {"people_group": "best 10 %"})
    table = score_results({"score_results": _frame(*rows)}, context)
    (missing,) = realised(table, {}, ENGLISH)
    assert isinstance(missing, Missing) and missing.reason == (
        "Earlier scores are old enough, but what they were worth cannot be told: hardly anybody was contacted since."
    )
    (block,) = past_scores(table, {})
    assert len(block.sentences) == 1 and "everybody" in block.sentences[0]


def test_people_kept_out_by_lot_are_flagged_wherever_they_are_listed(frames, context: ExportContext) -> None:
    lots = in_standing_holdout(pl.Series(["p1", "p5", "p6"]), share=0.4, seed=23)
    assert lots.to_list().count(True) == 1  # the seed is chosen so that the test tells both answers apart
    exports = build_exports(frames, replace(context, holdout_share=0.4, holdout_seed=23))
    for name in ("ambassador_candidates", "ambassador_scores", "uplift_scores"):
        flags = dict(exports[name].select("consumer_key", "standing_holdout").iter_rows())
        for person, lot in zip(["p1", "p5", "p6"], lots.to_list(), strict=True):
            assert flags.get(person, lot) == lot
    assert held_out(exports["ambassador_candidates"]).startswith("1 of the people listed")
    assert held_out(build_exports(frames, context)["ambassador_candidates"]) == ""
