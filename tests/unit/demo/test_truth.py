"""The declared truth is what the raw simulation does: worked out from delivered rows, against the truth's figures."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from orchestration.demo.campaigns import make_campaigns
from orchestration.demo.effects import base_hazard
from orchestration.demo.pages import review_curve
from orchestration.demo.parameter_files import SHIPPED, load_parameters
from orchestration.demo.people import make_people
from orchestration.demo.places import make_catalogue, make_places
from orchestration.demo.randomness import Randomness
from orchestration.demo.world import World, build_world
from orchestration.demo.world_parameters import WorldParameters

TEST = "c03_autumn_mask"


def _with_effects(size: int, **effects: float) -> WorldParameters:
    parameters = load_parameters(size=size)
    return parameters.model_copy(update={"effects": parameters.effects.model_copy(update=effects)})


def _buyers(world: World, campaign: str) -> pl.DataFrame:
    """Members who had not bought before: arm, and whether they bought within 90 days."""
    members = world.streams["campaign_members"].filter(pl.col("campaign_id") == campaign)
    products = world.streams["campaign_products"].filter(pl.col("campaign_id") == campaign)["product_id"]
    start = members["assigned_at"][0]
    bought = (
        world.streams["pos_lines"]
        .filter(pl.col("product_id").is_in(products.implode()) & ~pl.col("is_return"))
        .select(unit_ref="consumer_ref", days=(pl.col("sold_at") - start).dt.total_days())
    )
    after = bought.filter(pl.col("days").is_between(0, 89)).unique("unit_ref").select("unit_ref", has_bought=pl.lit(1))
    return (
        members.join(bought.filter(pl.col("days") < 0), on="unit_ref", how="anti")
        .join(after, on="unit_ref", how="left")
        .with_columns(pl.col("has_bought").fill_null(0))
        .join(
            world.truth["consumer_effects"].filter(pl.col("campaign_id") == campaign).drop("arm", "campaign_id"),
            left_on="unit_ref",
            right_on="consumer_ref",
        )
    )


def _gap_in_se(people: pl.DataFrame) -> tuple[float, float]:
    """Difference in means between the arms, and its standard error."""
    treated = people.filter(pl.col("arm") == "treatment")["has_bought"].to_numpy()
    others = people.filter(pl.col("arm") != "treatment")["has_bought"].to_numpy()
    error = math.sqrt(treated.var() / len(treated) + others.var() / len(others))
    return float(treated.mean() - others.mean()), error


def test_the_true_average_effect_is_what_the_arms_differ_by() -> None:
    # Strong effects on a few people show within two standard errors of three worlds together.
    gaps, truths, errors = [], [], []
    for seed in (1, 2, 3):
        people = _buyers(build_world(load_parameters(size=2000, seed=seed)), TEST)
        gap, error = _gap_in_se(people)
        gaps.append(gap)
        errors.append(error)
        truths.append(float(people["uplift"].to_numpy().mean()))
    assert abs(np.mean(gaps) - np.mean(truths)) < 2.5 * math.sqrt(sum(error**2 for error in errors)) / 3


def test_a_harmful_contact_lowers_purchases_as_far_as_the_truth_says() -> None:
    people = _buyers(build_world(_with_effects(5000, first_purchase=-0.3, base_purchase=0.5)), TEST)
    gap, error = _gap_in_se(people)
    truth = float(people["uplift"].to_numpy().mean())
    assert truth < -0.09
    assert abs(gap - truth) < 2 * error


def test_base_probabilities_are_met_by_the_untreated(town: World) -> None:
    others = _buyers(town, TEST).filter(pl.col("arm") != "treatment")
    expected = others["base_probability"].to_numpy()
    error = math.sqrt(float((expected * (1 - expected)).sum())) / len(expected)
    assert abs(float(others["has_bought"].to_numpy().mean()) - expected.mean()) < 3 * error


def test_the_mean_chance_without_contact_is_the_parameter() -> None:
    parameters = load_parameters(size=3000)
    randomness = Randomness(1)
    places, catalogue = make_places(parameters, randomness), make_catalogue(parameters, randomness)
    people = make_people(parameters, places, randomness)
    campaign = make_campaigns(parameters, catalogue, randomness)[0]
    chance = 1 - np.exp(-base_hazard(parameters, people, campaign))
    assert chance.mean() == pytest.approx(parameters.effects.base_purchase, abs=1e-6)


def test_without_effect_nobody_gains_or_loses_anything() -> None:
    world = build_world(load_parameters(SHIPPED / "no_effect.toml", size="tiny"))
    assert world.truth["consumer_effects"].select("uplift", "spend_uplift_minor", "incremental_minor").sum().row(0) == (
        0.0,
        0.0,
        0.0,
    )
    assert world.truth["incremental_sales"].is_empty()
    assert world.truth["store_effects"]["true_lift_share"].abs().max() == 0
    # Codes are used all the same, by friends who would have bought anyway: tracked sales are no effect.
    assert world.streams["pos_lines"]["promotion_code"].count() > 0


def test_effects_differ_between_people_and_hurt_some(town: World) -> None:
    effects = town.truth["consumer_effects"].filter(pl.col("arm").is_not_null())
    assert 0.05 < float((effects["uplift"] < 0).to_numpy().mean()) < 0.35
    assert 0.04 < float(effects["uplift"].to_numpy().mean()) < 0.06


def test_lifted_stores_sell_more_by_about_the_declared_share() -> None:
    world = build_world(_with_effects(8000, store_lift=0.6, store_lift_spread=0.0))
    lines = world.streams["pos_lines"].filter((pl.col("channel") == "store") & ~pl.col("is_return"))
    campaign = world.streams["campaigns"].filter(pl.col("campaign_id") == "c02_store_sampling")
    during = (pl.col("sold_at").dt.date() - pl.lit(campaign["starts_on"][0])).dt.total_days().is_between(0, 55)
    sold = (
        lines.filter(during)
        .join(world.truth["store_effects"].filter(pl.col("campaign_id") == "c02_store_sampling"), on="store_id")
        .filter(pl.col("cell") == "treatment")["net_amount_minor"]
        .sum()
    )
    extra = (
        world.truth["incremental_sales"]
        .filter((pl.col("campaign_id") == "c02_store_sampling") & (pl.col("cause") == "store_lift"))[
            "all_products_minor"
        ]
        .sum()
    )
    assert extra / (sold - extra) == pytest.approx(0.6, rel=0.15)


def test_the_review_curve_rises_as_declared_and_steps_only_if_asked() -> None:
    smooth = load_parameters()
    curve = review_curve(smooth, np.array([0.0, 49.0, 50.0]))
    assert curve[0] == 0
    assert math.expm1(curve[2]) == pytest.approx(0.30)
    stepped = smooth.model_copy(update={"effects": smooth.effects.model_copy(update={"review_step_at_50": 0.15})})
    jump = review_curve(stepped, np.array([49.0, 50.0])) - curve[1:]
    assert jump == pytest.approx([0.0, math.log(1.15)])


def test_synergy_moves_areas_with_both_and_their_order_matters() -> None:
    parameters = _with_effects(8000, nano_area=0.10, macro_area=0.05, synergy=-0.04, synergy_order=0.02)
    cells = build_world(parameters).truth["store_effects"].filter(pl.col("campaign_id") == "c06_spring_mixed")
    lift = dict(cells.group_by("cell").agg(pl.col("true_lift_share").mean()).iter_rows())
    assert lift["none"] == 0
    # 42 days of nano; a burst moves 28 days: from day 14 on (nano first), from day 0 on (together).
    assert lift["nano"] == pytest.approx(math.expm1(0.10))
    nano_first = (14 * math.expm1(0.10) + 28 * math.expm1(0.10 + 0.05 - 0.04 + 0.02)) / 42
    together = (28 * math.expm1(0.10 + 0.05 - 0.04) + 14 * math.expm1(0.10)) / 42
    assert lift["nano_first"] == pytest.approx(nano_first)
    assert lift["together"] == pytest.approx(together)


def test_less_loyal_people_bring_in_more_only_in_their_world(town: World) -> None:
    def correlation(world: World) -> float:
        people = world.truth["consumer_effects"].join(world.truth["consumer_traits"], on="consumer_ref")
        value, loyalty = people["through_friends_minor"].to_numpy(), people["loyalty"].to_numpy()
        return float(np.corrcoef(np.log1p(value), loyalty)[0, 1])

    assert abs(correlation(town)) < 0.1
    assert correlation(build_world(load_parameters(SHIPPED / "less_loyal.toml", size=3000))) < -0.3
