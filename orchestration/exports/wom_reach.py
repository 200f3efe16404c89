"""wom_reach: how many people heard of a campaign offline, in plain words.

Belongs here: rows and sentences. Does not: measuring (ml/measurement/word_of_mouth).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_wom import STEPS, WOM_REACH
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.inputs import take

# Half a range of this part of its value: more answers are worth asking for.
WIDE = 0.2


def wom_reach(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export: everybody, then each step of the telling."""
    names = take(frames, "dim_campaigns").select("campaign_id", campaign_name="name")
    table = take(frames, "word_of_mouth").join(names, on="campaign_id", how="left")
    is_measured = pl.col("status") == "measured"
    table = table.with_columns(
        interval_level=pl.when(is_measured).then("interval_level"),
        status=pl.when(~is_measured)
        .then(pl.lit("not measured"))
        .when(pl.col("reach").is_null())
        .then(pl.lit("in part"))
        .otherwise(pl.lit("measured")),
        as_of=pl.lit(context.as_of),
        basis=pl.lit(context.bases()),
    )
    words = pl.Series("in_words", [_sentence(row) for row in table.iter_rows(named=True)], pl.String)
    everybody = table.with_columns(
        words,
        step_no=pl.lit(0, pl.Int64),
        people=pl.col("reach"),
        people_low=pl.col("reach_low"),
        people_high=pl.col("reach_high"),
    )
    own = ("campaign_id", "campaign_name", "status", "interval_level", "as_of", "basis")
    steps = (
        take(frames, "word_of_mouth_generations")
        .join(table.select(*own, "direct_reach", "direct_reach_low", "direct_reach_high"), on="campaign_id")
        .with_columns(
            *(
                pl.when(pl.col("generation") == 1)
                .then(f"direct_reach{end}")
                .otherwise(f"people{end}")
                .alias(f"people{end}")
                for end in ("", "_low", "_high")
            ),
            step_no=pl.col("generation"),
        )
        .filter(pl.col("generation") < len(STEPS))
    )
    columns = [column.name for column in WOM_REACH.columns if column.name != "step"]
    rows = pl.concat([everybody.select(columns), steps], how="diagonal").with_columns(
        step=pl.col("step_no").replace_strict(dict(enumerate(STEPS)), return_dtype=pl.String)
    )
    return WOM_REACH.conform(rows)


def _sentence(row: Mapping[str, Any]) -> str:
    label = row["campaign_name"] or f"Campaign {row['campaign_id']}"
    if row["status"] == "not measured":
        return f"{label}: how far its talk reached cannot be measured: {row['note']}."
    level = ENGLISH.share(row["interval_level"])
    if row["status"] == "in part":
        told = _range(row, "direct_reach", level)
        return f"{label}: members told {told} people themselves; whether these told it on is not measured."
    by_members = _about(row["direct_reach"])
    text = f"{label} reached {_range(row, 'reach', level)} people by talk, about {by_members} of them through members."
    if row["different_people"] is not None:
        text += f" That is at most {_about(row['different_people'])} different people."
    wide = (row["reach_high"] - row["reach_low"]) / 2 / row["reach"]
    if wide > WIDE:
        text += (
            f" The range is wide: with answers of {ENGLISH.number(row['members_needed_count'])} members and "
            f"{ENGLISH.number(row['hearers_needed_count'])} people they told it would be about ± 15 %."
        )
    return text


def _range(row: Mapping[str, Any], name: str, level: str) -> str:
    value, low, high = (_about(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return f"about {value} ({level} range {low} to {high})"


def _about(people: float) -> str:
    """Three figures: more would promise what a survey cannot hold. The columns have them all."""
    return ENGLISH.number(float(f"{people:.3g}"))
