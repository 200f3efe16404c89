"""Campaign effects: measured with design, interval and placebo, or refused in words."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from ml.measurement.average_effect import EFFECT_SCHEMA, campaign_effects
from tests.unit.ml.worlds import MART_SCHEMAS, training_world


def _effects(frame: pl.DataFrame, **changes: pl.Expr) -> dict[str, dict[str, Any]]:
    """Rows by outcome; members are the frame's people."""
    changed = frame.with_columns(**changes)
    members = changed.with_columns(unit=pl.lit("consumer"), unit_id="consumer_key")
    found = campaign_effects(members, changed, changed, seed=1).effects
    assert dict(found.schema) == EFFECT_SCHEMA
    return {row["outcome"]: row for row in found.iter_rows(named=True)}


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return training_world(2000, 3, spread=0.0, average=0.1)


def test_a_randomised_campaign_is_measured_with_interval_and_placebo(frame: pl.DataFrame) -> None:
    row = _effects(frame)["first_purchase"]
    assert (row["status"], row["design"], row["outcome_unit"], row["currency"]) == (
        "measured",
        "randomised",
        "share",
        None,
    )
    # One interval of ten misses by design (coverage has its own test): here three standard errors.
    error = (row["effect_high"] - row["effect_low"]) / 2 / 1.645
    assert abs(row["effect"] - 0.1) < 3 * error
    assert row["effect_high"] - row["effect_low"] < 2 * 1.645 * 2 * 0.5 / 2000**0.5
    assert row["relative_effect"] == pytest.approx(row["effect"] / row["control_mean"])
    assert row["treated_count"] + row["control_count"] == 2000


def test_spend_before_the_campaign_shows_no_effect_of_it(frame: pl.DataFrame) -> None:
    row = _effects(frame)["net_spend"]
    assert row["placebo_low"] < 0 < row["placebo_high"]
    assert row["placebo_p"] > 0.05
    assert row["currency"] == "EUR"


def test_a_difference_before_the_campaign_shows_in_the_placebo(frame: pl.DataFrame) -> None:
    lifted = pl.col("net_spend_before_minor") + 500 * pl.col("treatment").cast(pl.Int64)
    row = _effects(frame, net_spend_before_minor=lifted)["net_spend"]
    assert row["placebo_low"] > 0
    assert row["placebo_p"] < 0.01


def test_people_who_were_not_drawn_are_no_control_of_a_randomised_campaign(frame: pl.DataFrame) -> None:
    outside = frame.with_row_index().with_columns(
        arm=pl.when(pl.col("index") >= 1500).then(pl.lit("comparison")).otherwise("arm"),
        treatment=pl.when(pl.col("index") >= 1500).then(pl.lit(0, dtype=pl.Int8)).otherwise("treatment"),
    )
    row = _effects(outside.drop("index"))["first_purchase"]
    assert row["treated_count"] + row["control_count"] == 1500


def test_a_chosen_group_is_labelled_observational_and_names_its_people(frame: pl.DataFrame) -> None:
    row = _effects(frame.head(800), design=pl.lit("observational"))["first_purchase"]
    assert (row["status"], row["design"]) == ("measured", "observational")
    assert "estimated chance of being chosen" in row["note"]


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"window_status": pl.lit("immature")}, "the outcome window of 2000 of 2000 members is not over"),
        ({"window_status": pl.lit("no_pre")}, "sales do not reach back"),
        ({"arm": pl.lit("treatment"), "treatment": pl.lit(1, dtype=pl.Int8)}, "no control, holdout or comparison"),
        ({"arm": pl.lit("control"), "treatment": pl.lit(0, dtype=pl.Int8)}, "nobody was treated"),
        ({"first_purchase": pl.lit(False)}, "all 2000 members have the same outcome"),
        ({"first_purchase": pl.lit(None, dtype=pl.Boolean)}, "too few members: 0"),
    ],
)
def test_what_cannot_be_measured_says_why(frame: pl.DataFrame, changes: dict[str, pl.Expr], note: str) -> None:
    row = _effects(frame, **changes)["first_purchase"]
    assert row["status"] == "refused"
    assert note in row["note"]
    assert row["effect"] is None and row["placebo_effect"] is None


def test_a_campaign_over_stores_is_left_to_the_store_test(frame: pl.DataFrame) -> None:
    stores = pl.DataFrame(
        [
            dict.fromkeys(MART_SCHEMAS["fct_campaign_members"])
            | {"campaign_id": "c9", "unit": "store", "arm": "treatment"}
        ],
        schema=MART_SCHEMAS["fct_campaign_members"],
    )
    found = campaign_effects(stores, frame, frame, seed=1).effects
    assert found["unit"].unique().to_list() == ["store"]
    assert "compares stores" in found["note"][0]
