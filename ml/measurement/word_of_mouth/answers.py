"""From survey answers to what the estimator takes: first answers of members and hearers, pairs, waves, tone.

Belongs here: which answer counts. Does not: estimates (chain.py), whether they are enough (measure.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ml.arrays import FloatArray, IntArray

# Answers at least this far apart are another survey, not a late answer to the same.
WAVE_DAYS = 7
# The people asked must nearly all belong to the group they are taken to stand for.
LEAST_INSIDE_SHARE = 0.95
GROUPS = (("active", "active_on"), ("got the product", "delivered_on"), ("accepted", "accepted_on"))
ALL_MEMBERS = "all treated members"


@dataclass(frozen=True)
class Survey:
    """A campaign's answers.

    Attributes:
        told: people told by each member, first answer.
        told_days: days from the campaign's end to each of these.
        relayed: the same of hearers; None: no hearer answered.
        first, second, days_between: of members asked twice.
        unanswered_count: members who left the count open.
        positive_share, negative_share: of people told, by the tone of what was told; NULL: not asked.
        waves: the hearers of each survey of hearers.
    """

    told: IntArray
    told_days: FloatArray
    relayed: IntArray | None
    first: FloatArray
    second: FloatArray
    days_between: FloatArray
    unanswered_count: int
    positive_share: float | None
    negative_share: float | None
    waves: tuple[frozenset[str], ...]


def survey_of(answers: pl.DataFrame, ends_on: pl.Series) -> Survey:
    """Sort a campaign's answers; generation 0 are members, 1 and up hearers, unknown ones are left out.

    Args:
        answers: consumer_key, generation, people_told_count, valence, surveyed_on.
        ends_on: one day, the campaign's last; NULL: unknown, then no days are counted.
    """
    ordered = answers.sort("surveyed_on", "consumer_key", "generation")
    members, hearers = ordered.filter(pl.col("generation") == 0), ordered.filter(pl.col("generation") >= 1)
    counted = members.drop_nulls("people_told_count")
    first = counted.unique("consumer_key", keep="first", maintain_order=True)
    again = counted.join(
        first.select("consumer_key", first_on="surveyed_on", first_count="people_told_count"), on="consumer_key"
    ).filter((pl.col("surveyed_on") - pl.col("first_on")).dt.total_days() >= WAVE_DAYS)
    again = again.unique("consumer_key", keep="first", maintain_order=True)
    told_by_hearers = hearers.drop_nulls("people_told_count").unique("consumer_key", keep="first", maintain_order=True)
    days = (first["surveyed_on"] - ends_on[0]).dt.total_days() if ends_on[0] is not None else None
    silent = members.filter(~pl.col("consumer_key").is_in(first["consumer_key"].implode()))
    return Survey(
        told=_counts(first),
        told_days=np.zeros(first.height) if days is None else days.to_numpy().astype(np.float64),
        relayed=_counts(told_by_hearers) if told_by_hearers.height else None,
        first=again["first_count"].to_numpy().astype(np.float64),
        second=again["people_told_count"].to_numpy().astype(np.float64),
        days_between=(again["surveyed_on"] - again["first_on"]).dt.total_days().to_numpy().astype(np.float64),
        unanswered_count=silent["consumer_key"].n_unique(),
        positive_share=_tone(first, "positive"),
        negative_share=_tone(first, "negative"),
        waves=_waves(hearers),
    )


def members_group(members: pl.DataFrame, asked: pl.Series) -> tuple[str, pl.DataFrame]:
    """The smallest group of treated members that holds nearly everybody asked: whom the answers stand for.

    Args:
        members: treated members: consumer_key, active_on, delivered_on, accepted_on.
        asked: consumer_key of the members who answered.
    """
    for name, column in GROUPS:
        group = members.drop_nulls(column)
        if asked.is_in(group["consumer_key"].implode()).sum() >= LEAST_INSIDE_SHARE * len(asked):
            return name, group
    return ALL_MEMBERS, members


def _counts(answers: pl.DataFrame) -> IntArray:
    return answers["people_told_count"].to_numpy().astype(np.int64)


def _tone(answers: pl.DataFrame, valence: str) -> float | None:
    known = answers.drop_nulls("valence")
    total = int(known["people_told_count"].sum())
    return int(known.filter(valence=valence)["people_told_count"].sum()) / total if total else None


def _waves(hearers: pl.DataFrame) -> tuple[frozenset[str], ...]:
    """Hearers by survey: a pause of WAVE_DAYS without any answer starts another one."""
    if hearers.is_empty():
        return ()
    paused = (pl.col("surveyed_on").diff().dt.total_days() >= WAVE_DAYS).fill_null(False)
    numbered = hearers.sort("surveyed_on").with_columns(wave=paused.cum_sum())
    return tuple(frozenset(part["consumer_key"]) for part in numbered.partition_by("wave", maintain_order=True))
