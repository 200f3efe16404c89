"""wom_reach: how many people heard of a campaign offline, in plain words.

Belongs here: rows and sentences. Does not: measuring (ml/measurement/word_of_mouth).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_wom import STEPS, WOM_REACH
from orchestration.exports.inputs import take
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.retelling import note

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
    words = pl.Series("in_words", [in_words(row) for row in table.iter_rows(named=True)], pl.String)
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


def as_told(table: pl.DataFrame) -> pl.DataFrame:
    """The export's rows with the measurement's own names, as `in_words` reads them; what members told has a row."""
    ends = ("", "_low", "_high")
    direct = table.filter(pl.col("step_no") == 1).select(
        "campaign_id", **{f"direct_reach{end}": f"people{end}" for end in ends}
    )
    reach = {f"reach{end}": f"people{end}" for end in ends}
    return table.join(direct, on="campaign_id", how="left", maintain_order="left").with_columns(**reach)


def in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """How far the talk of a campaign reached, as far as its survey tells."""
    said = {"campaign": language.campaign(row["campaign_name"], row["campaign_id"])}
    if row["status"] == "not measured":
        why = note(row["note"], language)
        return language.say("%(campaign)s: how far its talk reached cannot be measured: %(why)s.", why=why, **said)
    if row["status"] == "in part":
        return language.say(
            "%(campaign)s: members told %(told)s people themselves; whether these told it on is not measured.",
            told=_range(row, "direct_reach", language),
            **said,
        )
    more = [
        language.say(
            "%(campaign)s reached %(reach)s people by talk, about %(members)s of them through members.",
            reach=_range(row, "reach", language),
            members=_about(row["direct_reach"], language),
            **said,
        )
    ]
    if row["different_people"] is not None:
        different = _about(row["different_people"], language)
        more.append(language.say("That is at most %(people)s different people.", people=different))
    wide = (row["reach_high"] - row["reach_low"]) / 2 / row["reach"]
    if wide > WIDE:
        more.append(
            language.say(
                "The range is wide: with answers of %(members)s members and %(hearers)s people they told it would be "
                "about ± 15 %%.",
                members=language.number(row["members_needed_count"]),
                hearers=language.number(row["hearers_needed_count"]),
            )
        )
    return " ".join(more)


def _range(row: Mapping[str, Any], name: str, language: Language) -> str:
    value, low, high = (_about(row[f"{name}{end}"], language) for end in ("", "_low", "_high"))
    span = language.interval(row["interval_level"], language.range(low, high))
    return language.say("about %(value)s (%(range)s)", value=value, range=span)


def _about(people: float, language: Language) -> str:
    """Three figures: more would promise what a survey cannot hold. The columns have them all."""
    return language.number(float(f"{people:.3g}"))
