"""Brand surveys and purchases after posts, campaign by campaign: measured, or refused in words.

Belongs here: which answers belong together, and the rows. Does not: the estimates (answers.py), its page
(docs/methods/brand_effect.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from ml.errors import NothingToLearnError, TooFewRowsError
from ml.measurement.brand_effect.answers import question_effect
from ml.measurement.brand_effect.posts import posts_sell_rows
from ml.measurement.brand_effect.schema import EFFECT_SCHEMA, SALES_SCHEMA

INTERVAL_LEVEL = 0.9
QUESTIONS = ("trust", "recommend", "intent")
# Answer rates that differ more than this make the arms' answers hard to compare.
LARGEST_ANSWER_GAP = 0.05


def brand_effects(marts: Mapping[str, pl.DataFrame], as_of: date) -> dict[str, pl.DataFrame]:
    """brand_effect: one row per campaign with a brand survey and question (schema.py).

    Args:
        marts: fct_survey_answers, fct_campaign_members, dim_campaigns.
        as_of: last day known.
    """
    answers = (
        marts["fct_survey_answers"].filter(pl.col("survey") == "brand").drop_nulls(["campaign_id", "consumer_key"])
    )
    members = marts["fct_campaign_members"].filter(pl.col("unit") == "consumer")
    rows: list[dict[str, Any]] = []
    for campaign in marts["dim_campaigns"].sort("campaign_id").iter_rows(named=True):
        own = answers.filter(pl.col("campaign_id") == campaign["campaign_id"])
        if own.height:
            people = members.filter(pl.col("campaign_id") == campaign["campaign_id"])
            rows += [_row(question, campaign, own, people, as_of) for question in QUESTIONS]
    return {"brand_effect": pl.DataFrame(rows, schema=EFFECT_SCHEMA).sort("campaign_id", "question")}


def posts_sell(marts: Mapping[str, pl.DataFrame], as_of: date) -> dict[str, pl.DataFrame]:
    """posts_sell: what people say they bought after a post, beside what codes, links and holdouts show (posts.py)."""
    rows = posts_sell_rows(marts, as_of, INTERVAL_LEVEL)
    return {"posts_sell": pl.DataFrame(rows, schema=SALES_SCHEMA).sort("campaign_id", "measure")}


def _row(
    question: str, campaign: Mapping[str, Any], own: pl.DataFrame, members: pl.DataFrame, as_of: date
) -> dict[str, Any]:
    label = {"campaign_id": campaign["campaign_id"], "question": question, "interval_level": INTERVAL_LEVEL}
    table, is_drawn = _people(question, own, members)
    label["design"] = "randomised" if is_drawn else "observational"
    try:
        if campaign["ends_on"] is not None and campaign["ends_on"] > as_of:
            raise NothingToLearnError(f"the campaign is not over: it ends on {campaign['ends_on']}")
        treated = table["is_treated"].to_numpy().astype(bool)
        before, after = (table[wave].to_numpy().astype(np.float64) for wave in ("before", "after"))
        found = question_effect(before, after, treated, INTERVAL_LEVEL)
    except TooFewRowsError as error:
        return label | {"status": "refused", "note": str(error)}
    except NothingToLearnError as error:
        return label | {"status": "refused", "note": str(error)}
    told = ~np.isnan(after)
    asked = ~np.isnan(before)
    shares = {
        name: float((told & asked & side).sum() / (asked & side).sum()) if (asked & side).any() else None
        for name, side in (("treated_answered_share", treated), ("control_answered_share", ~treated))
    }
    means = {
        f"{name}_{wave}": float(np.nanmean(values[side])) if (~np.isnan(values[side])).any() else None
        for name, side in (("treated", treated), ("control", ~treated))
        for wave, values in (("before", before), ("after", after))
    }
    check = found.check
    return (
        label
        | shares
        | means
        | {
            "treated_count": int((told & treated).sum()),
            "control_count": int((told & ~treated).sum()),
            "both_waves_count": found.both_waves,
            "effect": found.effect.value,
            "effect_low": found.effect.low,
            "effect_high": found.effect.high,
            "check": None if check is None else check.value,
            "check_low": None if check is None else check.low,
            "check_high": None if check is None else check.high,
            "p_value": found.effect.p_value,
            "status": "measured",
            "note": _note(shares, is_drawn),
        }
    )


def _people(question: str, own: pl.DataFrame, members: pl.DataFrame) -> tuple[pl.DataFrame, bool]:
    """One row a person: before, after, is_treated; and whether chance put them into their arm.

    The arm of the assignment counts, not what the survey noted; the survey's where the assignment does not know them.
    """
    drawn = members.filter(pl.col("arm").is_in(["treatment", "control", "holdout"])).select(
        "consumer_key", assigned="arm", how="design"
    )
    latest = own.drop_nulls([question, "wave"]).sort("surveyed_at").unique(["consumer_key", "wave"], keep="last")
    table = (
        latest.join(drawn, on="consumer_key", how="left")
        .with_columns(arm=pl.coalesce("assigned", "arm"))
        .drop_nulls("arm")
        .sort("consumer_key", "wave")
    )
    is_drawn = bool(table.height) and bool((table["how"] == "randomised").fill_null(value=False).all())
    people = table.group_by("consumer_key", maintain_order=True).agg(
        before=pl.col(question).filter(pl.col("wave") == "before").first().cast(pl.Float64),
        after=pl.col(question).filter(pl.col("wave") == "after").first().cast(pl.Float64),
        is_treated=(pl.col("arm") == "treatment").first(),
    )
    return people.with_columns(pl.col("before", "after").fill_null(float("nan"))), is_drawn


def _note(shares: Mapping[str, float | None], is_drawn: bool) -> str | None:
    notes = []
    treated, control = shares["treated_answered_share"], shares["control_answered_share"]
    if treated is not None and control is not None and abs(treated - control) > LARGEST_ANSWER_GAP:
        notes.append(
            f"{treated:.0%} of the treated and {control:.0%} of the controls answered again: who answers may differ"
        )
    if not is_drawn:
        notes.append("chance did not decide who took part: no proof of cause")
    return "; ".join(notes) or None
