"""Surveys of the demo world: what people told others, and trust before and after a campaign.

Belongs here: the streams wom_surveys and brand_surveys. Does not: what word of mouth sells (tested.py).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.demo.campaigns import Assignment, Campaign
from orchestration.demo.clock import DAY, Clock, waking_hours
from orchestration.demo.columns import given, typed
from orchestration.demo.funnel import Activity
from orchestration.demo.people import Friendships, People
from orchestration.demo.randomness import Floats, Ints, Randomness, pick_share, pick_weighted
from orchestration.demo.world_parameters import WorldParameters

VALENCES = np.array(["positive", "mixed", "negative", None], dtype=object)
VALENCE_SHARES = np.array([0.72, 0.16, 0.07, 0.05])
ASKED_AGAIN_SHARE = 0.2


def wom_rows(
    parameters: WorldParameters,
    campaigns: tuple[Campaign, ...],
    activities: dict[str, Activity],
    people: People,
    friendships: Friendships,
    randomness: Randomness,
    clock: Clock,
) -> pl.DataFrame:
    """Stream wom_surveys: members told negative-binomially many; a few hearers are asked whether they told again."""
    wanted, parts = parameters.word_of_mouth, []
    for campaign in campaigns:
        if campaign.id not in activities:
            continue
        rng = randomness.part(f"wom {campaign.id}")
        members = np.flatnonzero(activities[campaign.id].is_active)
        asked = members[pick_share(rng, len(members), parameters.talk.survey_share)]
        told = _told(rng, wanted.told_mean, wanted.told_dispersion, len(asked))
        hearers = np.unique(friendships.b[np.isin(friendships.a, asked)])
        hearers = np.setdiff1d(hearers[pick_share(rng, len(hearers), 0.05)], members)
        relays = pick_share(rng, len(hearers), wanted.relay)
        told_again = np.where(relays, _told(rng, wanted.fan_out, 1.0, len(hearers)), 0)
        again = asked[pick_share(rng, len(asked), ASKED_AGAIN_SHARE)]
        told_then = told[np.searchsorted(asked, again)]
        for who, count, generation, day in (
            (asked, told, 0, 5),
            (hearers, told_again, 1, 8),
            (again, told_then, 0, 20),
        ):
            at = (campaign.end_day + day + rng.integers(0, 6, len(who))) * DAY + waking_hours(rng, len(who))
            parts.append(_answers(rng, campaign, people, who, count, generation, at))
    frame = pl.concat(parts).filter(pl.col("seconds") < parameters.time.days * DAY)
    surveyed = pl.Series(clock.instants(frame["seconds"].to_numpy()))
    return frame.drop("seconds").with_columns(surveyed_at=surveyed, _known_at=surveyed)


def _told(rng: np.random.Generator, mean: float, dispersion: float, count: int) -> Ints:
    return (
        rng.negative_binomial(dispersion, dispersion / (dispersion + mean), count) if mean > 0 else np.zeros(count, int)
    )


def _answers(
    rng: np.random.Generator, campaign: Campaign, people: People, who: Ints, told: Ints, generation: int, at: Ints
) -> pl.DataFrame:
    silent = pick_share(rng, len(who), 0.04)
    bought = given(pick_share(rng, len(who), 0.6), pick_share(rng, len(who), 0.35).astype(object))
    return typed(
        {
            "campaign_id": [campaign.id] * len(who),
            "consumer_ref": people.refs()[who],
            "people_told_count": given(~(silent), told.astype(object)),
            "valence": VALENCES[pick_weighted(rng, VALENCE_SHARES, len(who))],
            "generation": np.full(len(who), generation),
            "bought_after_post": bought,
            "seconds": at,
        },
        people_told_count=pl.Int64,
        bought_after_post=pl.Boolean,
    )


def brand_rows(
    parameters: WorldParameters,
    campaigns: tuple[Campaign, ...],
    assignments: dict[str, Assignment],
    activities: dict[str, Activity],
    people: People,
    randomness: Randomness,
    clock: Clock,
) -> pl.DataFrame:
    """Stream brand_surveys: members of both arms before, three quarters of them after."""
    parts = []
    for campaign in campaigns:
        if campaign.plan.unit != "consumer":
            continue
        rng, assigned = randomness.part(f"brand {campaign.id}"), assignments[campaign.id]
        place = np.flatnonzero(pick_share(rng, len(assigned.unit), parameters.talk.survey_share))
        who = assigned.unit[place]
        arm = np.where(assigned.is_treated[place], "treatment", campaign.plan.untreated_arm)
        level = 6.2 + 0.6 * people.loyalty[who] + 1.3 * rng.standard_normal(len(who))
        effect = parameters.effects.trust * campaign.plan.strength * activities[campaign.id].is_active[who]
        answers = pick_share(rng, len(who), 0.75)
        before = (campaign.start_day - rng.integers(1, 4, len(who))) * DAY + waking_hours(rng, len(who))
        after = (campaign.end_day + rng.integers(5, 15, len(who))) * DAY + waking_hours(rng, len(who))
        parts.append(_wave(rng, campaign, people, who, arm, level, "before", before))
        parts.append(
            _wave(rng, campaign, people, who[answers], arm[answers], (level + effect)[answers], "after", after[answers])
        )
    frame = pl.concat(parts).filter(pl.col("seconds") < parameters.time.days * DAY)
    surveyed = pl.Series(clock.instants(frame["seconds"].to_numpy()))
    return frame.drop("seconds").with_columns(surveyed_at=surveyed, _known_at=surveyed)


def _wave(
    rng: np.random.Generator,
    campaign: Campaign,
    people: People,
    who: Ints,
    arm: np.ndarray[tuple[int, ...], np.dtype[np.str_]],
    level: Floats,
    wave: str,
    at: Ints,
) -> pl.DataFrame:
    count = len(who)
    trust, recommend, intent = ((level + rng.normal(0, 1.2, count)).clip(0, 10) for _ in range(3))
    return typed(
        {
            "campaign_id": [campaign.id] * count,
            "consumer_ref": people.refs()[who],
            "arm": arm,
            "wave": [wave] * count,
            "trust": np.where(pick_share(rng, count, 0.03), np.nan, trust.round(1)),
            "recommend": recommend.round().astype(np.int64),
            "intent": intent.round(1),
            "seconds": at,
        }
    ).with_columns(pl.col("trust").fill_nan(None))
