"""What earlier scores were worth: predicted against realised extra, group by group, only where chance compares people.

Two comparisons: people kept out by lot (the standing holdout) with those who could be contacted, over the outcome
window after the scores; and the arms of randomised campaigns that began after them.
Belongs here: groups, the two comparisons, refusals. Does not: which score files (orchestration/past_scores.py), words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from ml.arrays import FloatArray, cluster_codes
from ml.holdout import in_standing_holdout
from ml.lots import NONE_KEPT, KeptLots
from ml.measurement.estimators import adjusted_difference

INTERVAL_LEVEL = 0.9
FEWEST_PEOPLE = 30
# With a smaller difference in who was contacted, dividing by it gives any number.
LEAST_CONTACT_DIFFERENCE = 0.05
BEST, NEXT = 0.1, 0.3
EVERYBODY = "everybody"
KEPT_OUT, CAMPAIGN = "people kept out by lot", "a later campaign"
MEASURED, IMMATURE, UNMEASURED = "measured", "not yet mature", "not measured"

RESULTS_SCHEMA = {
    "scored_on": pl.Date,
    "campaign_id": pl.String,
    "outcome": pl.String,
    "model_id": pl.String,
    "compared_with": pl.String,
    "later_campaign_id": pl.String,
    "people_group": pl.String,
    "status": pl.String,
    "people_count": pl.Int64,
    "compared_count": pl.Int64,
    "contacted_share": pl.Float64,
    "compared_contacted_share": pl.Float64,
    "predicted_extra": pl.Float64,
    "realised_extra": pl.Float64,
    "realised_low": pl.Float64,
    "realised_high": pl.Float64,
    "interval_level": pl.Float64,
    "matures_on": pl.Date,
    "note": pl.String,
}


@dataclass(frozen=True)
class ScoreFile:
    """The uplift scores of one day.

    Attributes:
        scored_on: the day.
        scores: scores/uplift.parquet of it.
    """

    scored_on: date
    scores: pl.DataFrame

    def lists(self) -> list[tuple[dict[str, Any], pl.DataFrame]]:
        """(identifying columns, people) of each campaign learned from and outcome."""
        parts = self.scores.sort("campaign_id", "outcome", "rank").partition_by(
            "campaign_id", "outcome", maintain_order=True
        )
        return [
            (
                {
                    "scored_on": self.scored_on,
                    "campaign_id": part["campaign_id"][0],
                    "outcome": part["outcome"][0],
                    "model_id": part["model_id"][0],
                },
                part.with_columns(place=pl.int_range(1, pl.len() + 1) / pl.len()),
            )
            for part in parts
        ]


def not_yet_mature(file: ScoreFile, outcome_days: int) -> list[dict[str, Any]]:
    """A row per list of a file whose outcome window is not over."""
    ends = file.scored_on + timedelta(days=outcome_days)
    return [
        key
        | {"compared_with": KEPT_OUT, "people_group": EVERYBODY, "status": IMMATURE, "people_count": part.height}
        | {"matures_on": ends}
        for key, part in file.lists()
    ]


def against_holdout(
    file: ScoreFile,
    outcomes: pl.DataFrame,
    members: pl.DataFrame,
    *,
    outcome_days: int,
    share: float,
    seed: int,
    kept: KeptLots = NONE_KEPT,
) -> list[dict[str, Any]]:
    """What contact since the scores brought, per contacted person, by lot of the standing holdout.

    Difference of mean outcomes between people who could be contacted and people kept out, divided by the difference in
    the shares actually contacted (Wald 1940, Bloom 1984): right though only some of those who could be were, and though
    some who should not have been were too.

    Args:
        outcomes: campaign_id, consumer_key, first_purchase (bool), net_spend (minor) in the window after the scores;
            people without a row did nothing.
        members: fct_campaign_members.
        share, seed, kept: of the holdout (ml/holdout.py).
    """
    ends = file.scored_on + timedelta(days=outcome_days)
    contacted = (
        members.filter(
            pl.col("arm") == "treatment",
            pl.col("consumer_key").is_not_null(),
            pl.col("starts_on").is_between(file.scored_on + timedelta(days=1), ends),
        )
        .select("consumer_key", is_contacted=pl.lit(1.0))
        .unique("consumer_key")
    )
    rows = []
    for key, part in file.lists():
        done = outcomes.filter(pl.col("campaign_id") == key["campaign_id"]).select(
            "consumer_key", y=pl.col(str(key["outcome"])).cast(pl.Float64)
        )
        people = (
            part.join(done, on="consumer_key", how="left")
            .join(contacted, on="consumer_key", how="left")
            # No line of the products in a window that the tills cover is nothing bought; no membership is no contact.
            .with_columns(
                pl.when(pl.col("y").is_null()).then(0.0).otherwise("y").alias("y"),
                is_contacted=pl.when(pl.col("is_contacted").is_null()).then(0.0).otherwise("is_contacted"),
                is_treated=(~in_standing_holdout(part["consumer_key"], share=share, seed=seed, kept=kept)).cast(
                    pl.Float64
                ),
                cluster="consumer_key",
            )
        )
        label = key | {"compared_with": KEPT_OUT, "matures_on": ends}
        rows += [label | {"people_group": name} | _compared(group) for name, group in _groups(people)]
    return rows


def against_campaign(file: ScoreFile, members: pl.DataFrame) -> list[dict[str, Any]]:
    """What a randomised campaign that began after the scores brought in each group of them, by its own draw.

    Args:
        members: rows of fct_campaign_members of that campaign.
    """
    drawn = members.filter(
        pl.col("arm") != "comparison", pl.col("consumer_key").is_not_null(), pl.col("window_status") == "complete"
    )
    outcome_columns = {"first_purchase": "first_purchase", "net_spend": "net_spend_after_minor"}
    rows = []
    for key, part in file.lists():
        people = (
            part.join(
                drawn.select(
                    "consumer_key",
                    y=pl.col(outcome_columns[str(key["outcome"])]).cast(pl.Float64),
                    is_treated=(pl.col("arm") == "treatment").cast(pl.Float64),
                    cluster=pl.coalesce("cluster_id", "consumer_key"),
                ),
                on="consumer_key",
                how="inner",
            )
            .filter(pl.col("y").is_not_null())
            .with_columns(is_contacted=pl.col("is_treated"))
        )
        label = key | {
            "compared_with": CAMPAIGN,
            "later_campaign_id": members["campaign_id"][0],
            "matures_on": members["outcome_ends_on"].max(),
        }
        rows += [label | {"people_group": name} | _compared(group) for name, group in _groups(people)]
    return rows


def _groups(people: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Everybody, the best tenth, the next fifth and the rest by place on the whole list, and each group by its name."""
    place = pl.col("place")
    parts = [
        (EVERYBODY, people),
        ("best 10 %", people.filter(place <= BEST)),
        ("next 20 %", people.filter(place > BEST, place <= NEXT)),
        ("other 70 %", people.filter(place > NEXT)),
    ]
    names = people["group_label"].unique().sort().to_list()
    return parts + [(name, people.filter(pl.col("group_label") == name)) for name in names]


def _compared(people: pl.DataFrame) -> dict[str, Any]:
    """Figures of one group, or why there are none."""
    treatment, y, d = (people[name].to_numpy().astype(np.float64) for name in ("is_treated", "y", "is_contacted"))
    treated = int(treatment.sum())
    found: dict[str, Any] = {
        "status": UNMEASURED,
        "people_count": treated,
        "compared_count": people.height - treated,
        "predicted_extra": people["uplift"].mean(),
    }
    if min(treated, people.height - treated) < FEWEST_PEOPLE:
        return found | {"note": f"fewer than {FEWEST_PEOPLE} people on one side"}
    shares = float(d[treatment == 1].mean()), float(d[treatment == 0].mean())
    found |= {"contacted_share": shares[0], "compared_contacted_share": shares[1]}
    if shares[0] - shares[1] < LEAST_CONTACT_DIFFERENCE:
        is_leaking = shares[1] > 0 and shares[1] > shares[0] / 2
        return found | {
            "note": "those kept out were contacted nearly as often"
            if is_leaking
            else "hardly anybody was contacted since"
        }
    cluster = cluster_codes(people["cluster"].to_numpy(), people.height)
    chance: FloatArray = np.full(people.height, float(treatment.mean()))
    contrast = shares[0] - shares[1]
    effect = adjusted_difference(y, y, treatment, chance, cluster).effect / contrast
    left = y - effect * d
    low, high = adjusted_difference(left, left, treatment, chance, cluster).interval(INTERVAL_LEVEL)
    return found | {
        "status": MEASURED,
        "realised_extra": effect,
        "realised_low": effect + low / contrast,
        "realised_high": effect + high / contrast,
        "interval_level": INTERVAL_LEVEL,
    }


def results_frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows as RESULTS_SCHEMA, by day and list."""
    order = ["scored_on", "campaign_id", "outcome", "compared_with", "later_campaign_id"]
    whole = [dict.fromkeys(RESULTS_SCHEMA) | row for row in rows]
    return pl.DataFrame(whole, schema=RESULTS_SCHEMA, orient="row").sort(order, maintain_order=True)
