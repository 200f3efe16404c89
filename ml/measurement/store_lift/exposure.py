"""How strongly people's campaigns touched each area: active members divided by the area's population.

Belongs here: the dose. Does not: its effect; a campaign among people is measured on people (average_effect.py).
"""

from __future__ import annotations

import polars as pl

EXPOSURE_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "area_id": pl.String(),
    "active_members_count": pl.Int64(),
    "area_population": pl.Int64(),
    "exposure_share": pl.Float64(),
}


def area_exposure(members: pl.DataFrame, consumers: pl.DataFrame, stores: pl.DataFrame) -> pl.DataFrame:
    """One row per campaign among people and home area of an active member; area NULL: where they live is not known.

    Args:
        members: fct_campaign_members: campaign_id, unit, consumer_key, arm, active_on (first told or published).
        consumers: dim_consumers: consumer_key, home_area_id.
        stores: dim_stores: area_id, area_population; the largest of an area's stores counts, NULL is unknown.
    """
    population = stores.drop_nulls("area_id").group_by("area_id").agg(pl.col("area_population").max().cast(pl.Int64))
    active = members.filter(
        (pl.col("unit") == "consumer") & (pl.col("arm") == "treatment") & pl.col("active_on").is_not_null()
    )
    return (
        active.join(consumers.select("consumer_key", area_id="home_area_id"), on="consumer_key", how="left")
        .group_by("campaign_id", "area_id")
        .agg(active_members_count=pl.col("consumer_key").n_unique().cast(pl.Int64))
        .join(population, on="area_id", how="left")
        .with_columns(
            exposure_share=pl.when(pl.col("area_population") > 0).then(
                pl.col("active_members_count") / pl.col("area_population")
            )
        )
        .select(list(EXPOSURE_SCHEMA))
        .cast(pl.Schema(EXPOSURE_SCHEMA))
        .sort("campaign_id", "area_id", nulls_last=True)
    )
