"""Layer measurements, of audiences: how many different people campaigns reached, and how tiers engage.

Belongs here: reading, the population, keeping. Does not: any formula (ml/measurement/reach).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dagster as dg
import duckdb
import polars as pl
import pyarrow as pa

from ml.measurement.reach.exact import FollowerLists, follower_lists
from ml.measurement.reach.measure import Population, reach_of_campaigns
from orchestration.assets.table_step import Made, keys_of, table_step
from orchestration.assets.warehouse import KEYS as MART_KEYS
from orchestration.session import RunSession
from orchestration.settings import Settings

REACH, CURVE, ENGAGEMENT = "reach", "reach_curve", "engagement_by_tier"
DESCRIPTIONS = {
    REACH: "One row per campaign, platform and tier: gross, unique and effective reach with 90 % interval and bounds.",
    CURVE: "One row per campaign and number of ambassadors: the people they reach together.",
    ENGAGEMENT: "One row per platform, rate and tier, or pair of tiers: engagement and amplification with intervals.",
}
KEYS = keys_of(DESCRIPTIONS)
_READ = {
    "fct_ugc": (
        "ugc_key", "ugc_source", "platform_or_site", "external_id", "ugc_kind", "author_identity_key", "consumer_key",
        "published_on", "repost_of_post_id", "likes_count", "comments_count", "shares_count", "saves_count",
        "views_count", "reach_count", "impressions_count", "followers_count", "followers_first_seen_after_count",
    ),
    "bridge_campaign_ugc": ("campaign_id", "ugc_key"),
    "dim_accounts": ("account_key", "followers_count", "tier"),
    "fct_moments": ("ugc_key", "polarity", "is_unsure"),
    "fct_campaign_costs": ("campaign_id", "amount_minor", "currency"),
    "dim_campaigns": ("campaign_id",),
}  # fmt: skip
_LISTS = ("fct_followers", "fct_follower_lists")
BATCH_ROWS = 1_000_000
# Complete lists of accounts that published for a campaign; one whose completeness is not known counts as complete.
_FOLLOWERS = """
    from marts.fct_followers as followers
    where followers.account_key in (
        select ugc.author_identity_key
        from marts.bridge_campaign_ugc as bridge
        inner join marts.fct_ugc as ugc on bridge.ugc_key = ugc.ugc_key
    )
    and followers.account_key in (
        select account_key from marts.fct_follower_lists where is_complete is null or is_complete
    )
"""
_AREAS = """
    select cast(sum(people) as double)
    from (select max(area_population) as people from marts.dim_stores where area_id is not null group by area_id)
"""


def population(settings: Settings, of_areas: float | None) -> Population:
    """As configured, else everybody in the areas of the stores."""
    stated = settings.reach.population
    platforms = {name: float(people) for name, people in settings.reach.by_platform.items()}
    if stated is not None:
        return Population(float(stated), platforms, "stated for the market")
    return Population(of_areas, platforms, "everybody in the areas of the stores" if of_areas else "not known")


def _read_lists(connection: duckdb.DuckDBPyConnection) -> FollowerLists:
    """Follower lists, streamed: too many ids are never held at once."""
    found = connection.execute(f"select count(*) {_FOLLOWERS}").fetchone()
    listed = connection.execute(f"select account_key, follower_key {_FOLLOWERS} order by account_key, follower_key")
    reader: Any = listed.to_arrow_reader(BATCH_ROWS)
    batches = (pl.DataFrame(pl.from_arrow(pa.Table.from_batches([batch]))) for batch in reader)
    return follower_lists(batches, int(found[0]) if found else 0)


def measure(session: RunSession) -> Made:
    """Reach of campaigns, its curve, and how tiers engage."""
    marts = session.marts(_READ, ordered=True)
    with duckdb.connect(str(session.build.warehouse), read_only=True) as connection:
        areas = connection.execute(_AREAS).fetchone()
        lists = _read_lists(connection)
    people = population(session.settings, areas[0] if areas else None)
    return Made.measured(reach_of_campaigns(marts, lists, people, seed=session.settings.seed), REACH)


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """The three tables, made by one step."""
    return [
        table_step(
            partitions,
            name="measure_reach",
            title="reach",
            tables=DESCRIPTIONS,
            deps=[MART_KEYS[mart] for mart in (*_READ, *_LISTS, "dim_stores")],
            make=measure,
        )
    ]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None of its own: the scores gate looks at every reach, the exports gate at what is shown."""
    return []
