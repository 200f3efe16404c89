"""Offline reach of every campaign whose members were asked whom they told: measured, or refused in words.

Belongs here: what is enough, and the rows. Does not: the estimate (chain.py), its page (docs/methods/word_of_mouth.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from ml.arrays import FloatArray
from ml.errors import NothingToLearnError, TooFewRowsError
from ml.measurement.word_of_mouth.answers import Survey, members_group, survey_of
from ml.measurement.word_of_mouth.chain import DRAWS, Answers, Range, Reach, generations, interval, reach_of
from ml.measurement.word_of_mouth.people import different_people, seen_twice
from ml.measurement.word_of_mouth.recall import forgetting
from ml.measurement.word_of_mouth.schema import GENERATION_SCHEMA, REACH_SCHEMA
from ml.measurement.word_of_mouth.size import survey_size

INTERVAL_LEVEL = 0.9
FEWEST_MEMBERS, FEWEST_HEARERS, FEWEST_RELAYS = 30, 50, 3
# Beyond this the answers do not rule out telling that never dies out.
LARGEST_ENDLESS_SHARE = 0.05
GENERATIONS = 5
# Below this share of members with a known home area and population the different people are not counted.
LEAST_PLACED_SHARE = 0.75


def word_of_mouth(marts: Mapping[str, pl.DataFrame], as_of: date, *, seed: int) -> dict[str, pl.DataFrame]:
    """word_of_mouth and word_of_mouth_generations (schema.py), one row per campaign with answers.

    Args:
        marts: fct_survey_answers, fct_campaign_members, dim_campaigns, dim_consumers, dim_stores.
        as_of: last day that is known; a campaign that is not over is refused, since its telling is not.
    """
    answers = marts["fct_survey_answers"].filter(pl.col("survey") == "wom").drop_nulls("campaign_id")
    campaigns = marts["dim_campaigns"].join(answers.select("campaign_id").unique(), on="campaign_id", how="semi")
    rows: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for campaign in campaigns.sort("campaign_id").partition_by("campaign_id", maintain_order=True):
        identifier = campaign["campaign_id"][0]
        label = {"campaign_id": identifier, "interval_level": INTERVAL_LEVEL}
        own = answers.filter(pl.col("campaign_id") == identifier)
        try:
            row, reach, members = _measured(own, campaign["ends_on"], marts, as_of, seed)
        except NothingToLearnError as error:
            rows.append(label | {"status": "refused", "note": str(error)})
            continue
        rows.append(label | row | {"status": "measured"})
        steps += [{"campaign_id": identifier} | step for step in _generation_rows(reach, members)]
    return {
        "word_of_mouth": pl.DataFrame(rows, schema=REACH_SCHEMA).sort("campaign_id"),
        "word_of_mouth_generations": pl.DataFrame(steps, schema=GENERATION_SCHEMA).sort("campaign_id", "generation"),
    }


def _measured(
    own: pl.DataFrame, ends_on: pl.Series, marts: Mapping[str, pl.DataFrame], as_of: date, seed: int
) -> tuple[dict[str, Any], Reach, int]:
    if ends_on[0] is not None and ends_on[0] > as_of:
        raise NothingToLearnError(f"the campaign is not over: it ends on {ends_on[0]}")
    survey = survey_of(own, ends_on)
    if len(survey.told) < FEWEST_MEMBERS:
        raise TooFewRowsError(
            f"{len(survey.told)} members said how many people they told: at least {FEWEST_MEMBERS} answers are needed"
        )
    if survey.told.sum() == 0:
        raise TooFewRowsError(f"none of the {len(survey.told)} members who answered told anybody")
    treated = marts["fct_campaign_members"].filter(
        (pl.col("campaign_id") == own["campaign_id"][0])
        & (pl.col("arm") == "treatment")
        & (pl.col("unit") == "consumer")
    )
    if treated.is_empty():
        raise NothingToLearnError("its members are not known (campaign_members): whom the answers stand for is open")
    group, members = members_group(treated, own.filter(pl.col("generation") == 0)["consumer_key"].unique())
    rng = np.random.default_rng(seed)
    recall = forgetting(survey.first, survey.second, survey.days_between)
    remembered = 1.0 if recall is None else recall.remembered(survey.told_days, DRAWS, rng)
    relayed, why_not = _hearers(survey)
    reach = reach_of(Answers(survey.told, relayed, max(members.height, len(survey.told)), remembered), rng)
    if reach.endless_share > LARGEST_ENDLESS_SHARE:
        why_not = (
            "hearers tell on so much that the answers do not rule out talk without an end (probability "
            f"{reach.endless_share:.0%}): ask more hearers"
        )
        reach = reach_of(Answers(survey.told, None, max(members.height, len(survey.told)), remembered), rng)
    notes = [why_not] if why_not else []
    if recall is None:
        notes.append("too few members were asked twice: what they forgot is not added, so the reach is a lower bound")
    row: dict[str, Any] = {
        "members_group": group,
        "members_count": members.height,
        "asked_count": len(survey.told),
        "unanswered_count": survey.unanswered_count,
        "hearers_count": 0 if survey.relayed is None else len(survey.relayed),
        "relays_count": None if survey.relayed is None else int((survey.relayed > 0).sum()),
        "asked_twice_count": len(survey.first),
        "told_dispersion": float(np.median(reach.told.dispersion)),
        "endless_share": reach.endless_share if reach.relay is not None else None,
        "positive_share": survey.positive_share,
        "negative_share": survey.negative_share,
        **_ranges(reach, None if recall is None else np.asarray(remembered)),
        **_sizes(reach),
    }
    row |= _spread("different_people", _different(reach, members, marts, notes))
    row |= _spread("listed_people", _listed(survey, notes))
    return row | {"note": "; ".join(notes) or None}, reach, members.height


def _hearers(survey: Survey) -> tuple[Any, str | None]:
    """The hearers' answers where they are enough, else why the reach stops at the people members told."""
    asked = 0 if survey.relayed is None else len(survey.relayed)
    if survey.relayed is None or asked < FEWEST_HEARERS:
        return None, (
            f"{asked} people who were told said whether they told others: at least {FEWEST_HEARERS} answers are needed "
            "to count beyond the people members told themselves"
        )
    relays = int((survey.relayed > 0).sum())
    if relays < FEWEST_RELAYS:
        return None, (
            f"{relays} of {asked} people who were told told others: at least {FEWEST_RELAYS} are needed to count "
            "beyond the people members told themselves, ask more"
        )
    return survey.relayed, None


def _ranges(reach: Reach, remembered: FloatArray | None) -> dict[str, float | None]:
    found: dict[str, Range | None] = {
        "told_mean": _middle(reach.told.mean),
        "direct_reach": interval(reach.direct, reach.direct_value, INTERVAL_LEVEL),
        "remembered_share": None if remembered is None else _middle(remembered),
        "relay_probability": None if reach.relay is None else _middle(reach.relay.probability),
        "fan_out": None if reach.relay is None else _middle(reach.relay.fan_out),
        "relay_ratio": None if reach.relay is None else _middle(reach.relay.ratio),
        "reach": _of(reach.total, reach.total_value),
        "expected_reach": _of(reach.expected, reach.total_value),
    }
    return {key: value for name, one in found.items() for key, value in _spread(name, one).items()}


def _of(draws: FloatArray | None, value: float | None) -> Range | None:
    return None if draws is None or value is None else interval(draws, value, INTERVAL_LEVEL)


def _middle(draws: FloatArray) -> Range:
    return interval(draws, float(np.median(draws)), INTERVAL_LEVEL)


def _spread(name: str, one: Range | None) -> dict[str, float | None]:
    ends = (None, None, None) if one is None else (one.value, one.low, one.high)
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))


def _sizes(reach: Reach) -> dict[str, int | None]:
    if reach.relay is None:
        return {"members_needed_count": None, "hearers_needed_count": None}
    ratio, variance = float(np.median(reach.relay.ratio)), float(np.median(reach.relay.variance))
    size = survey_size(float(np.median(reach.told.mean)), float(np.median(reach.told.dispersion)), ratio, variance)
    return {"members_needed_count": size.members_count, "hearers_needed_count": size.hearers_count}


def _different(
    reach: Reach, members: pl.DataFrame, marts: Mapping[str, pl.DataFrame], notes: list[str]
) -> Range | None:
    """Different people by home area of members; members without one are taken to be spread like the others."""
    if reach.total is None or reach.total_value is None:
        return None
    population = (
        marts["dim_stores"]
        .drop_nulls(["area_id", "area_population"])
        .group_by("area_id")
        .agg(pl.col("area_population").max())
    )
    homes = members.join(marts["dim_consumers"].select("consumer_key", "home_area_id"), on="consumer_key").join(
        population, left_on="home_area_id", right_on="area_id"
    )
    if homes.height < LEAST_PLACED_SHARE * members.height:
        notes.append("how many different people that is stays open: home areas of members or populations are not known")
        return None
    areas = homes.group_by("home_area_id").agg(pl.len(), pl.col("area_population").first()).sort("home_area_id")
    share = (areas["len"] / areas["len"].sum()).to_numpy()
    people = areas["area_population"].to_numpy().astype(np.float64)
    draws = different_people(np.outer(reach.total, share), people).sum(axis=1)
    return interval(draws, float(different_people(reach.total_value * share, people).sum()), INTERVAL_LEVEL)


def _listed(survey: Survey, notes: list[str]) -> Range | None:
    if len(survey.waves) < 2:
        return None
    first, second = survey.waves[0], frozenset[str]().union(*survey.waves[1:])
    try:
        return seen_twice(len(first), len(second), len(first & second))
    except TooFewRowsError as error:
        notes.append(f"no count from two surveys: {error}")
        return None


def _generation_rows(reach: Reach, members: int) -> list[dict[str, Any]]:
    draws = generations(reach, members, GENERATIONS if reach.relay is not None else 1)
    rows = []
    for number in range(draws.shape[1]):
        one = _middle(draws[:, number])
        rows.append({"generation": number + 1, "people": one.value, "people_low": one.low, "people_high": one.high})
    return rows
