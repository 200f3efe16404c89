"""design_quality: every comparison with its verdict in words, units and what an unknown cause could do."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from orchestration.exports.context import ExportContext
from orchestration.exports.design import design_quality
from orchestration.exports.inputs import INPUTS
from orchestration.exports.report.fairness import fairness_rows


def _frame(name: str, *rows: dict[str, Any]) -> pl.DataFrame:
    schema = INPUTS[name]
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


CHOSEN = {"subject": "campaign", "subject_id": "lone", "outcome": "net_spend", "design": "observational"}
DRAWN = {"subject": "campaign", "subject_id": "spring", "design": "randomised"}
COUNTS = {"features_count": 28, "unbalanced_before_count": 20, "largest_smd_before": 0.9}


@pytest.fixture
def checked(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    after = {"unbalanced_after_count": 2, "largest_smd_after": 0.15, "most_different_feature": "net_spend_90d_minor"}
    return frames | {
        "design_checks": _frame(
            "design_checks",
            CHOSEN | COUNTS | after | {"verdict": "attention"},
            DRAWN | COUNTS | {"verdict": "failed", "imbalance_p": 0.004, "most_different_feature": "ugc_90d_count"},
        ),
        "overlap": _frame(
            "overlap",
            CHOSEN
            | {"people_count": 100, "treated_count": 30, "inside_count": 80, "outside_share": 0.2}
            | {"effective_treated": 25.0, "effective_untreated": 40.0, "estimand": "about 80"},
        ),
        "sensitivity": _frame(
            "sensitivity",
            CHOSEN
            | {"robustness_value": 0.1, "robustness_value_interval": 0.04, "known_group": "how often they buy"}
            | {"shift_by_known": 250.0, "erasing_gamma": 1.3, "low_at_gamma_1_25": 50.0, "high_at_gamma_1_25": 900.0},
        ),
    }


def _rows(checked: dict[str, pl.DataFrame], context: ExportContext) -> dict[str, dict[str, Any]]:
    return {row["subject_id"]: row for row in design_quality(checked, context).to_dicts()}


def test_chosen_people_say_whom_it_is_about_and_what_would_erase_it(
    checked: dict[str, pl.DataFrame], context: ExportContext
) -> None:
    row = _rows(checked, context)["lone"]
    assert row["in_words"] == (
        "People were chosen, not drawn: 80 of 100 could as well have been chosen as not, and the result is about them. "
        "2 of 28 known traits still differ, most: net spend in the last 90 days. A hidden cause that explains 4.0 % of "
        "what is left unexplained, of who was chosen and of what they bought, would make the effect doubtful, and one "
        "that explains 10.0 % would erase it."
    ).replace(" %", "\u202f%")
    assert row["design"] == "observational"


def test_money_is_shown_in_main_units(checked: dict[str, pl.DataFrame], context: ExportContext) -> None:
    row = _rows(checked, context)["lone"]
    assert (row["shift_by_such_a_cause"], row["effect_low_if_odds_1_25"], row["unit"]) == (2.5, 0.5, "EUR")


def test_a_broken_draw_is_said_in_plain_words(checked: dict[str, pl.DataFrame], context: ExportContext) -> None:
    row = _rows(checked, context)["spring"]
    assert "in one case of 250" in row["in_words"] and "Chance alone did not decide" in row["in_words"]
    assert row["campaign_name"] == "Spring tasting"
    assert row["traits_differ_after_count"] is None and row["unit"] is None


def test_the_page_shows_failed_comparisons_first(checked: dict[str, pl.DataFrame], context: ExportContext) -> None:
    shown = fairness_rows(design_quality(checked, context))
    assert [(row.name, row.verdict) for row in shown] == [("Spring tasting", "not alike"), ("Campaign lone", "nearly")]
