"""Assignment: exact shares, balance, nobody in a test who may not be there, and a funnel in its order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl

from orchestration.demo.world import World


def _members(world: World, campaign: str) -> pl.DataFrame:
    return world.streams["campaign_members"].filter(pl.col("campaign_id") == campaign)


def test_every_stratum_has_exactly_its_share_of_treated(town: World) -> None:
    strata = (
        _members(town, "c01_spring_serum")
        .group_by("assignment_probability")
        .agg(treated=(pl.col("arm") == "treatment").sum(), units=pl.len())
        .sort("assignment_probability")
    )
    assert strata["assignment_probability"].to_list() == [0.5, 0.6]
    wanted = strata["assignment_probability"] * strata["units"]
    assert ((strata["treated"] - wanted).abs() <= 0.5).all()


def test_the_arms_are_alike_in_what_nobody_observes(town: World) -> None:
    members = _members(town, "c03_autumn_mask").join(
        town.truth["consumer_traits"], left_on="unit_ref", right_on="consumer_ref"
    )
    treated = members.filter(pl.col("arm") == "treatment")
    others = members.filter(pl.col("arm") == "control")
    error = np.sqrt(1 / treated.height + 1 / others.height)
    for trait in ("loyalty", "sociability"):
        gap = treated[trait].to_numpy().mean() - others[trait].to_numpy().mean()
        assert abs(gap) < 3 * error


def test_members_chosen_by_audience_are_not_called_randomised(town: World) -> None:
    seeded = _members(town, "c04_makers_seeding")
    assert seeded["assignment_probability"].null_count() == seeded.height > 0
    assert town.streams["campaigns"].filter(pl.col("campaign_id") == "c04_makers_seeding")["assignment_unit"][0] is None
    followers = seeded.join(town.truth["consumer_traits"], left_on="unit_ref", right_on="consumer_ref")
    assert followers["followers_count"].median() > town.truth["consumer_traits"]["followers_count"].median()


def test_stores_areas_and_products_are_randomised_too(town: World) -> None:
    units = dict(
        town.streams["campaign_members"].filter(pl.col("unit") != "consumer").group_by("unit").len().iter_rows()
    )
    assert set(units) == {"store", "area", "product"}


def test_no_minor_and_nobody_without_consent_to_contact_is_a_member(town: World) -> None:
    members = town.streams["campaign_members"].filter(pl.col("unit") == "consumer")
    minors = town.streams["consumers"].filter(pl.col("is_minor"))
    granted = town.streams["consents"].filter((pl.col("purpose") == "contact") & (pl.col("status") == "granted"))
    assert members.join(minors, left_on="unit_ref", right_on="consumer_ref").is_empty()
    assert members.join(granted, left_on="unit_ref", right_on="consumer_ref", how="anti").is_empty()


def test_only_treated_members_are_contacted_and_each_step_follows_the_one_before(town: World) -> None:
    campaign = "c03_autumn_mask"
    events = town.streams["campaign_events"].filter(pl.col("campaign_id") == campaign)
    steps = ["invited", "accepted", "sample_shipped", "sample_delivered"]
    when = events.filter(pl.col("kind").is_in(steps)).pivot(on="kind", index="consumer_ref", values="happened_at")
    treated = _members(town, campaign).filter(pl.col("arm") == "treatment")
    assert set(when["consumer_ref"]) == set(treated["unit_ref"])
    accepted = when.drop_nulls()
    assert 0 < accepted.height < when.height
    for earlier, later in pairwise(steps):
        assert (accepted[earlier] < accepted[later]).all()


def test_a_redeemed_code_names_its_member_and_its_transaction(town: World) -> None:
    redeemed = town.streams["campaign_events"].filter(pl.col("kind") == "code_redeemed")
    lines = town.streams["pos_lines"].filter(pl.col("promotion_code").is_not_null())
    assert redeemed["referrer_ref"].null_count() == 0
    assert 0 < redeemed["consumer_ref"].null_count() < redeemed.height
    assert set(redeemed["reference"]) == set(lines["transaction_id"])
