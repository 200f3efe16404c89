"""campaign_results: facts, effects and words, and what cannot be measured says so."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from orchestration.exports.context import ExportContext
from orchestration.exports.facade import build_exports
from orchestration.exports.inputs import INPUTS
from orchestration.exports.sentences import Result, result_sentence

pytestmark = pytest.mark.usefixtures("every_group_is_shown")


def rows(frames: Any, context: ExportContext) -> dict[str, dict[str, Any]]:
    return {row["campaign_id"]: row for row in build_exports(frames, context)["campaign_results"].to_dicts()}


def change(frames: Any, **cells: Any) -> None:
    schema = INPUTS["campaign_effects"]
    frames["campaign_effects"] = frames["campaign_effects"].with_columns(
        pl.lit(value, schema[name]).alias(name) for name, value in cells.items()
    )


def test_a_measured_campaign_shows_effect_total_check_and_facts(frames, context: ExportContext) -> None:
    row = rows(frames, context)["spring"]
    # 200 people took part: 5 in 100 more is 10, 2 and 8 in 100 are 4 and 16.
    assert (row["total_effect"], row["total_effect_low"], row["total_effect_high"]) == (10, 4, 16)
    assert (row["placebo_check"], row["unit"], row["design"]) == ("passed", "share", "randomised")
    assert (row["treatment_count"], row["control_count"], row["accepted_count"]) == (2, 1, 2)
    assert (row["cost_minor"], row["cost_currency"]) == (120_50, "EUR")
    assert (row["claimed_sales_minor"], row["claimed_currency"]) == (200_00, "EUR")


def test_steps_nobody_records_are_unknown_not_zero(frames, context: ExportContext) -> None:
    row = rows(frames, context)["spring"]
    assert row["invited_count"] is None and row["delivered_count"] is None


def test_costs_in_two_currencies_are_never_added_up(frames, context: ExportContext) -> None:
    row = rows(frames, context)["lone"]
    assert row["cost_minor"] is None and row["cost_currency"] is None
    assert "costs are in EUR and USD, which are not added up" in row["note"]


def test_claimed_sales_that_no_code_tracks_are_unknown(frames, context: ExportContext) -> None:
    assert rows(frames, context)["lone"]["claimed_sales_minor"] is None


@pytest.mark.parametrize(
    ("campaign", "missing"),
    [("empty", "nobody is known to have taken part"), ("lone", "there is nobody to compare with")],
)
def test_an_unmeasured_campaign_names_what_is_missing(
    frames, context: ExportContext, campaign: str, missing: str
) -> None:
    row = rows(frames, context)[campaign]
    assert row["status"] == "not measured" and row["effect"] is None
    assert missing in row["note"] and missing in row["headline"]


def test_a_refused_measurement_shows_its_reason(frames, context: ExportContext) -> None:
    change(frames, status="refused", note="the base rate is above 0.9", effect=None, effect_low=None, effect_high=None)
    row = rows(frames, context)["spring"]
    assert row["status"] == "not measured"
    assert row["headline"] == "Spring tasting cannot be measured: the base rate is above 0.9."


def test_money_outcomes_are_shown_in_main_units(frames, context: ExportContext) -> None:
    change(frames, outcome="net_spend", effect=250.0, effect_low=100.0, effect_high=400.0)
    row = rows(frames, context)["spring"]
    assert (row["effect"], row["total_effect"], row["unit"]) == (2.5, 500, "EUR")
    assert row["headline"] == (
        "Spring tasting caused EUR 500 of extra sales (90 % range EUR 200 to 800). Codes and links claim EUR 200.00."
    ).replace("EUR ", "EUR\u00a0").replace("90 %", "90\u202f%")


def _result(**cells: Any) -> Result:
    plain: dict[str, Any] = {
        "campaign_id": "7",
        "campaign_name": None,
        "status": "measured",
        "outcome": "first_purchase",
        "design": "randomised",
        "unit": "share",
        "total_effect": 1240.0,
        "total_effect_low": 820.0,
        "total_effect_high": 1660.0,
        "interval_level": None,
        "placebo_check": "passed",
        "design_check": "passed",
        "note": None,
        "claimed_sales_minor": None,
        "claimed_currency": None,
    }
    return Result.of(plain | cells)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({}, "Campaign 7 caused 1,240 extra first-time buyers (range 820 to 1,660)."),
        (
            {"total_effect": -51.0, "total_effect_low": -71.0, "total_effect_high": -30.0},
            "Campaign 7 caused 51 fewer first-time buyers (range 30 to 71).",
        ),
        (
            {"total_effect_low": -5.0},
            "Campaign 7: no effect on first-time buyers can be told from chance (range −5 to 1,660).",
        ),
        (
            {"design": "observational"},
            "Campaign 7: those who took part brought 1,240 extra first-time buyers (range 820 to 1,660), but they were "
            "not chosen by chance: no proof of cause.",
        ),
        (
            {"placebo_check": "failed"},
            "Campaign 7 seems to have caused 1,240 extra first-time buyers (range 820 to 1,660). The check before the "
            "campaign failed: do not rely on this figure.",
        ),
        (
            {"design_check": "failed"},
            "Campaign 7 seems to have caused 1,240 extra first-time buyers (range 820 to 1,660). The groups were not "
            "alike before: do not rely on this figure.",
        ),
    ],
)
def test_the_sentence_is_as_careful_as_the_design(cells: dict[str, Any], sentence: str) -> None:
    assert result_sentence(_result(**cells)) == sentence


def test_a_campaign_of_people_and_stores_has_a_row_for_each(frames, context: ExportContext) -> None:
    store = frames["campaign_effects"].with_columns(unit=pl.lit("store"), status=pl.lit("refused"), effect=None)
    frames["campaign_effects"] = pl.concat([frames["campaign_effects"], store], how="vertical_relaxed")
    results = build_exports(frames, context)["campaign_results"].filter(pl.col("campaign_id") == "spring")
    assert results.select("counted_unit", "status").rows() == [("consumer", "measured"), ("store", "not measured")]
