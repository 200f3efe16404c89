"""synergy: members together with influencers and promotions, in plain words.

Belongs here: ratios and sentences. Does not: measuring (ml/measurement/synergy).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_synergy import SYNERGY, SYNERGY_COUNTED, SYNERGY_PARTNERS
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.inputs import take

# Export name → measurement on the log scale.
_LOGS = {"on_top": "interaction", "members_alone": "nano_effect", "partner_alone": "partner_effect", "check": "check"}
_ENDS = ("", "_low", "_high")


def synergy(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export: log effects as ratios, with verdict and sentence."""
    names = take(frames, "dim_campaigns").select("campaign_id", campaign_name="name")
    is_measured = pl.col("status") == "measured"
    table = (
        take(frames, "synergy")
        .join(names, on="campaign_id", how="left")
        .with_columns(
            *(
                (pl.col(f"{theirs}{end}").exp() - 1).alias(f"{ours}{end}")
                for ours, theirs in _LOGS.items()
                for end in _ENDS
            ),
            *(pl.col(f"additive{end}").alias(f"on_top_added{end}") for end in _ENDS),
            counted=pl.col("outcome").replace_strict(SYNERGY_COUNTED, return_dtype=pl.String),
            partner=pl.col("partner").replace_strict(SYNERGY_PARTNERS, return_dtype=pl.String),
            members_count=pl.col("nano_count"),
            interval_level=pl.when(is_measured).then("interval_level"),
            verdict=pl.when(~is_measured)
            .then(pl.lit("not measured"))
            .when(pl.col("interaction_low") > 0)
            .then(pl.lit("more together"))
            .when(pl.col("interaction_high") < 0)
            .then(pl.lit("less together"))
            .otherwise(pl.lit("not clear")),
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
    )
    words = pl.Series("in_words", [_sentence(row) for row in table.iter_rows(named=True)], pl.String)
    return SYNERGY.conform(table.with_columns(words))


def _sentence(row: Mapping[str, Any]) -> str:
    label = row["campaign_name"] or f"Campaign {row['campaign_id']}"
    pair = f"members and {row['partner']}"
    order = "" if row["order"] == "any order" else f" ({row['order'].replace('nano', 'members')})"
    if row["verdict"] == "not measured":
        return f"{label}: what {pair}{order} do together cannot be told: {row['note']}."
    span = (
        f"{ENGLISH.share(row['interval_level'])} range {_percent(row['on_top_low'])} to {_percent(row['on_top_high'])}"
    )
    if row["outcome"] == "new_visitor_orders":
        head = "the share of new visitors of its pages who order" if row["verdict"] != "not clear" else "new visitors"
        if row["verdict"] == "not clear":
            return f"{label}: no change of how often {head} order can be told while both were at work ({span})."
        text = f"{label}: while both were at work {head} changed by {_percent(row['on_top'])} ({span})."
    elif row["verdict"] == "not clear":
        return f"{label}: {pair}{order}: no difference from the two added up can be told in {row['counted']} ({span})."
    else:
        more = "more" if row["verdict"] == "more together" else "less"
        what = f"{more} {row['counted']} than each alone: {_percent(row['on_top'])} ({span})"
        text = f"{label}: {pair}{order} together came with {what}."
    if row["check_low"] is not None and not row["check_low"] <= 0 <= row["check_high"]:
        text += " The check found a difference where none can be: do not rely on this figure."
    return text + " Suggestive: the places were not drawn by lot for both."


def _percent(ratio: float) -> str:
    return f"{ENGLISH.number(100 * ratio, 1, signed=True)} %"
