"""Fairness of comparisons as tables: what passes, what is looked at, what fails, and what a campaign then says."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ml.measurement.average_effect import CampaignFindings, campaign_effects
from ml.measurement.design_checks import TABLES, tables
from tests.unit.ml.worlds import training_world


def _found(frame: pl.DataFrame, **changes: pl.Expr) -> CampaignFindings:
    changed = frame.with_columns(**changes)
    members = changed.with_columns(unit=pl.lit("consumer"), unit_id="consumer_key")
    return campaign_effects(members, changed, changed, seed=1)


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return training_world(2000, 3, spread=0.0, average=0.1)


def test_a_fair_draw_passes_and_needs_no_overlap(frame: pl.DataFrame) -> None:
    found = _found(frame)
    built = tables(found.checks)
    assert {name: dict(table.schema) for name, table in built.items()} == TABLES
    row = built["design_checks"].row(0, named=True)
    assert (row["subject"], row["subject_id"], row["outcome"], row["verdict"]) == ("campaign", "c1", None, "passed")
    assert built["overlap"].is_empty() and built["sensitivity"].is_empty()
    assert found.effects["design_check"].to_list() == ["passed", "passed"]


def test_a_draw_that_favoured_big_spenders_fails_and_the_number_says_so(frame: pl.DataFrame) -> None:
    rng = np.random.default_rng(1)
    rich = (frame["net_spend_90d_minor"].fill_null(0) > 2000).to_numpy()
    treated = rng.random(frame.height) < np.where(rich, 0.6, 0.45)
    found = _found(
        frame,
        treatment=pl.lit(pl.Series(treated.astype(np.int8))),
        arm=pl.lit(pl.Series(np.where(treated, "treatment", "control"))),
    )
    assert found.effects["design_check"].to_list() == ["failed", "failed"]
    assert all("chance alone did not decide" in note for note in found.effects["note"])


def test_chosen_people_get_overlap_balance_calibration_and_sensitivity(frame: pl.DataFrame) -> None:
    found = _found(frame.head(1000), design=pl.lit("observational"))
    built = tables(found.checks)
    assert built["overlap"]["subject_id"].to_list() == ["c1", "c1"]
    assert built["sensitivity"]["outcome"].to_list() == ["first_purchase", "net_spend"]
    assert set(built["design_checks"]["design"]) == {"observational"}
    assert built["propensity_calibration"].height == 20
    row = found.effects.row(0, named=True)
    overlap = built["overlap"].row(0, named=True)
    assert row["treated_count"] == overlap["inside_treated_count"]
    assert row["treated_count"] + row["control_count"] == overlap["inside_count"]
    assert 0 < built["sensitivity"]["robustness_value"][0] < 1


def test_people_who_have_nobody_like_them_are_not_compared(frame: pl.DataFrame) -> None:
    # Everybody above a spend was chosen, nobody below it.
    chosen = (pl.col("net_spend_90d_minor") > 1500).fill_null(False)
    found = _found(
        frame.head(1000),
        design=pl.lit("observational"),
        treatment=chosen.cast(pl.Int8),
        arm=pl.when(chosen).then(pl.lit("treatment")).otherwise(pl.lit("comparison")),
    )
    assert found.effects["status"].to_list() == ["refused", "refused"]
    assert all("hardly compare" in note for note in found.effects["note"])
    assert found.checks[0].verdict == "failed" or found.checks[0].overlap is not None


def test_groups_drawn_as_a_whole_must_be_several(frame: pl.DataFrame) -> None:
    shop = (pl.int_range(pl.len()) % 6).cast(pl.String)
    drawn = pl.int_range(pl.len()) % 6 < 3
    found = _found(
        frame,
        cluster_id=shop,
        treatment=drawn.cast(pl.Int8),
        arm=pl.when(drawn).then(pl.lit("treatment")).otherwise(pl.lit("control")),
    )
    assert set(found.effects["status"]) == {"refused"}
    assert "only 3 of them" in found.effects["note"][0]
