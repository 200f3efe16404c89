"""The front file: one action per person, out of scores, moments, consent and the standing holdout.

Belongs here: which action wins, its reason, its worth and cost. Does not: the scores behind it (scores.py), the queue
of answers (service.py), spending a budget (nanolift plan).

An action per person, by this order: nobody is contacted who withdrew consent, is kept out by lot, or whom contact is
expected to turn away; a bad moment is mended before anything is asked of a person; then whatever is expected to bring
most after cost; thanks where a good moment was told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_who import FIX, LEAVE, RECRUIT, SAMPLE, THANK, WHO_NEXT
from orchestration.exports.inputs import take
from orchestration.exports.texts import counted_moments, in_words
from orchestration.exports.words import outcome_of

Frames = Mapping[str, pl.DataFrame]

# Thanks after two weeks read as advertising; scores are made anew every night, and a month old ones mislead.
THANK_DAYS = 14
SCORE_DAYS = 30
# Without known costs nobody can say who is worth theirs: the best twentieth is a list that a team can work through.
BEST_SHARE = 0.05
HURTS, HELPS = "contact hurts", "contact helps"


def who_next(
    frames: Frames, facts: pl.DataFrame, ambassadors: pl.DataFrame, queue: pl.DataFrame, context: ExportContext
) -> pl.DataFrame:
    """One row per listed person with an action.

    Args:
        facts: person_facts of the listed people.
        ambassadors: the export ambassador_scores.
        queue: the export service_queue.
    """
    cost = member_cost_minor(frames, context.currency)
    people = (
        facts.join(_recruits(ambassadors, cost), on="consumer_key", how="left")
        .join(_samples(frames, cost), on="consumer_key", how="left")
        .join(_bad(queue), on="consumer_key", how="left")
        .join(_good(frames, context), on="consumer_key", how="left")
    )
    people = people.with_columns(_wish().alias("wish")).with_columns(_obstacle().alias("obstacle"))
    acted = people.filter(pl.col("wish").is_not_null())
    is_left = pl.col("obstacle").is_not_null()
    rows = acted.with_columns(
        action=pl.when(is_left).then(pl.lit(LEAVE)).otherwise("wish"),
        why=pl.when(is_left).then("obstacle").otherwise(_why()),
        currency=pl.lit(context.currency),
        **{name: pl.when(~is_left).then(_of_wish(name)) for name in _WORTH},
        do_by=pl.when(~is_left).then(_deadline(context)),
    )
    order = pl.col("action").replace_strict({FIX: 0, LEAVE: 2}, default=1, return_dtype=pl.Int8)
    gain = pl.col("expected_value_minor") - pl.col("cost_minor").fill_null(0)  # an unknown cost changes no order
    ranked = rows.with_columns(order=order, gain=gain).sort(
        ["order", "fix_place", "gain", "consumer_key"], descending=[False, False, True, False], nulls_last=True
    )
    return WHO_NEXT.conform(ranked.with_columns(place=pl.int_range(1, pl.len() + 1, dtype=pl.Int64)))


# Column of the file: what it is called of an action.
_WORTH = {
    "expected_value_minor": "value",
    "expected_value_low_minor": "low",
    "expected_value_high_minor": "high",
    "cost_minor": "cost",
}


def _recruits(ambassadors: pl.DataFrame, cost: int | None) -> pl.DataFrame:
    """Per scored person: worth of an invitation, and whether it is above its cost."""
    best = max(1, round(BEST_SHARE * ambassadors.height))
    worth_it = pl.col("rank") <= best if cost is None else pl.col("expected_value_minor") > cost
    return ambassadors.select(
        "consumer_key",
        score_rank="rank",
        recruit_value="expected_value_minor",
        recruit_low="expected_value_low_minor",
        recruit_high="expected_value_high_minor",
        recruit_reason="reason_1",
        recruit_cost=pl.lit(cost, pl.Int64),
        is_recruit=worth_it | pl.col("is_exploration"),
        is_drawn="is_exploration",
    )


def member_cost_minor(frames: Frames, currency: str) -> int | None:
    """Booked costs of past campaigns per treated person, in minor units of `currency`; None: none were booked in it.

    A campaign with a cost in another currency is left out: part of its costs would read as all.
    """
    costs = (
        take(frames, "fct_campaign_costs")
        .group_by("campaign_id")
        .agg(pl.col("amount_minor").sum(), is_ours=(pl.col("currency") == currency).all())
    )
    members = take(frames, "fct_campaign_members").filter(pl.col("arm") == "treatment").drop_nulls("consumer_key")
    per_campaign = costs.filter("is_ours").join(members.group_by("campaign_id").len(), on="campaign_id")
    if per_campaign.is_empty():
        return None
    spent, people = per_campaign.select(pl.col("amount_minor", "len").sum()).row(0)
    return round(int(spent) / int(people))


def _samples(frames: Frames, cost: int | None) -> pl.DataFrame:
    """Per person: what contact is expected to change, by the latest campaign learned from, and whether it pays."""
    uplift = take(frames, "uplift").sort("campaign_id", "consumer_key")
    kinds = {outcome: outcome_of(outcome).kind for outcome in uplift.get_column("outcome").unique().to_list()}
    money = uplift.filter(pl.col("outcome").is_in([name for name, kind in kinds.items() if kind == "money"]))
    shares = uplift.filter(pl.col("outcome").is_in([name for name, kind in kinds.items() if kind != "money"]))
    worth = money.group_by("consumer_key", maintain_order=True).agg(
        pl.col(name).last().round().cast(pl.Int64).alias(f"sample_{end}")
        for name, end in (("uplift", "value"), ("uplift_low", "low"), ("uplift_high", "high"))
    )
    groups = shares.group_by("consumer_key", maintain_order=True).agg(
        is_helped=(pl.col("group_label") == HELPS).any(),
        best_rank=pl.col("rank").min(),
        is_hurt=(pl.col("group_label") == HURTS).any(),
        sample_reason=pl.col("reason_1").last(),
    )
    people = groups.join(worth, on="consumer_key", how="full", coalesce=True)
    best = max(1, round(BEST_SHARE * people.height))
    worth_it = pl.col("best_rank") <= best if cost is None else pl.col("sample_value") > cost
    return people.with_columns(is_sample=pl.col("is_helped") & worth_it, sample_cost=pl.lit(cost, pl.Int64))


def _bad(queue: pl.DataFrame) -> pl.DataFrame:
    """Per person: their first piece in the queue of answers."""
    first = queue.drop_nulls("consumer_key").sort("queue_place").unique("consumer_key", keep="first")
    return first.select("consumer_key", fix_place="queue_place", fix_moment="moment", fix_by="reply_by")


def _good(frames: Frames, context: ExportContext) -> pl.DataFrame:
    """Per person: their latest good moment of the last days."""
    day = pl.col("published_on")
    good = counted_moments(frames).filter(
        (pl.col("polarity") == "positive")
        & ~pl.col("is_unsure")
        & (day > context.as_of - timedelta(days=THANK_DAYS))
        & (day <= context.as_of)
    )
    latest = good.drop_nulls("consumer_key").sort(
        ["published_on", "confidence", "ugc_key", "moment"], descending=[True, True, False, False]
    )
    latest = latest.unique("consumer_key", keep="first", maintain_order=True)
    return latest.select("consumer_key", good_moment=in_words(pl.col("moment")), good_on="published_on")


def _wish() -> pl.Expr:
    """The action that wins, were contact free of obstacles; NULL: none."""
    recruits = pl.col("is_recruit").fill_null(False)
    samples = pl.col("is_sample").fill_null(False)
    of_recruit = pl.col("recruit_value") - pl.col("recruit_cost").fill_null(0)  # an unknown cost changes no order
    # A worth that is not known in money loses to one that is.
    of_sample = pl.col("sample_value").fill_null(0) - pl.col("sample_cost").fill_null(0)
    return (
        pl.when(pl.col("fix_place").is_not_null())
        .then(pl.lit(FIX))
        .when(recruits & (~samples | (of_recruit >= of_sample)))
        .then(pl.lit(RECRUIT))
        .when(samples)
        .then(pl.lit(SAMPLE))
        .when(pl.col("good_on").is_not_null())
        .then(pl.lit(THANK))
    )


def _obstacle() -> pl.Expr:
    """Why the person must be left alone; NULL: no reason. An answer to a bad moment is no advertising."""
    is_answer = pl.col("wish") == FIX
    return (
        pl.when(pl.col("consent_contact") == "withdrawn")
        .then(pl.lit("has withdrawn consent to be contacted"))
        .when(~is_answer & pl.col("standing_holdout"))
        .then(pl.lit("kept out by lot, so that the worth of contacting others can be told"))
        .when(~is_answer & pl.col("is_hurt").fill_null(False))
        .then(pl.lit("contact is expected to turn this person away"))
    )


def _why() -> pl.Expr:
    drawn = pl.col("is_drawn").fill_null(False)
    reason = pl.col("recruit_reason").fill_null("expected to bring others")
    return (
        pl.when(pl.col("wish") == FIX)
        .then(pl.format("told of a bad moment: {}", pl.col("fix_moment")))
        .when((pl.col("wish") == RECRUIT) & drawn)
        .then(pl.lit("drawn by lot, so that the list can be judged"))
        .when(pl.col("wish") == RECRUIT)
        .then(reason)
        .when(pl.col("wish") == SAMPLE)
        .then(pl.col("sample_reason").fill_null("contact is expected to help"))
        .otherwise(pl.format("told of a good moment: {}", pl.col("good_moment")))
    )


def _of_wish(name: str) -> pl.Expr:
    of_action = _WORTH[name]
    recruit, sample = pl.col(f"recruit_{of_action}"), pl.col(f"sample_{of_action}")
    return pl.when(pl.col("wish") == RECRUIT).then(recruit).when(pl.col("wish") == SAMPLE).then(sample).cast(pl.Int64)


def _deadline(context: ExportContext) -> pl.Expr:
    return (
        pl.when(pl.col("wish") == FIX)
        .then("fix_by")
        .when(pl.col("wish") == THANK)
        .then(pl.col("good_on") + timedelta(days=THANK_DAYS))
        .otherwise(pl.lit(context.as_of + timedelta(days=SCORE_DAYS)))
    )
