"""model_quality: how good each model is, in the units and words of the exports."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from ml.evaluate.definitions import DEFINITIONS
from orchestration.exports.context import ExportContext
from orchestration.exports.contract_quality import FIGURE_WORDS
from orchestration.exports.inputs import INPUTS
from orchestration.exports.model_quality import model_quality

ROW: dict[str, Any] = {
    "model": "uplift_first_purchase",
    "outcome": "first_purchase",
    "is_promoted": True,
    "part": "policy",
    "figure": "value",
    "ranked_by": "candidate",
    "position": 0.1,
    "value": 0.02,
    "low": 0.01,
    "high": 0.03,
    "rows": 7700,
    "unit": "outcome",
    "definition": "mean over all people",
}
MONEY = {"model": "uplift_net_spend", "outcome": "net_spend", "value": 250.0, "low": -50.0, "high": 550.0}


def table(context: ExportContext, **changes: Any) -> dict[str, Any]:
    schema = INPUTS["model_quality"]
    frame = pl.DataFrame([ROW | changes], schema=schema)
    return model_quality({"model_quality": frame}, context).row(0, named=True)


def test_shares_stay_shares_and_words_are_plain(context: ExportContext) -> None:
    row = table(context)
    assert (row["value"], row["unit"], row["judged_count"], row["status"]) == (0.02, "share", 7700, "used")
    assert (row["part"], row["ranked_by"]) == ("budget", "this model")


def test_money_is_in_main_units(context: ExportContext) -> None:
    row = table(context, **MONEY, is_promoted=False)
    assert (row["value"], row["low"], row["high"], row["unit"]) == (2.5, -0.5, 5.5, "EUR")
    assert row["status"] == "refused"


@pytest.mark.parametrize(("unit", "expected"), [("ratio", (0.02, "ratio")), ("minor", (0.0002, "EUR"))])
def test_a_figure_with_a_unit_of_its_own_keeps_it(
    context: ExportContext, unit: str, expected: tuple[float, str]
) -> None:
    row = table(context, unit=unit)
    assert (row["value"], row["unit"]) == (pytest.approx(expected[0]), expected[1])


def test_a_part_of_the_people_stays_named(context: ExportContext) -> None:
    row = table(
        context, ranked_by="candidate, people not taught", figure="another_figure", part="figure", position=None
    )
    assert (row["ranked_by"], row["figure"]) == ("this model, people not taught", "another figure")


def test_every_defined_figure_has_plain_words() -> None:
    assert set(DEFINITIONS) <= set(FIGURE_WORDS)
    assert not any(word in words for words in FIGURE_WORDS.values() for word in ("AUTOC", "Qini", "uplift", "SMD"))
