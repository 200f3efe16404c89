"""What a recruitment plan reads of the published generation: people, their past invitations, lists, worth of products.

Belongs here: queries and joins. Does not: the plan (ml/planning), the request's words (recruitment.py).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ml.planning.recruitment import Audience
from orchestration.errors import ConfigurationError, IntegrityError
from orchestration.exports.consents import identities_of, states_now, unlisted_now, with_consent_now
from orchestration.generations import Generation, current
from orchestration.settings import Settings
from orchestration.workspace import Build, Workspace

# Ids of lists held at once: above, only the law of sizes tells of overlap.
MOST_LISTED = 5_000_000
NORMAL_90 = 1.6448536269514722
_AREAS = (
    "select area_id, max(area_population) as people from marts.dim_stores where area_id is not null group by area_id"
)
# Who has got which product; who was last invited when; who is the untreated part of a test that still runs.
_HAD = """
    select members.consumer_key, list(distinct products.product_id order by products.product_id) as had_product_ids
    from marts.fct_campaign_members as members
    inner join marts.bridge_campaign_products as products on members.campaign_id = products.campaign_id
    where members.arm = 'treatment' and members.consumer_key is not null
        and coalesce(members.accepted_on, members.delivered_on) is not null
    group by members.consumer_key
"""
_PAST = """
    select
        consumer_key,
        max(invited_on) as last_invited_on,
        bool_or(arm in ('control', 'holdout') and coalesce(window_status, 'immature') = 'immature') as is_compared
    from marts.fct_campaign_members
    where consumer_key is not null
    group by consumer_key
"""
# Complete lists; of a person the longest.
_LISTS = """
    with complete as (
        select lists.account_key, accounts.consumer_key, lists.listed_count
        from marts.fct_follower_lists as lists
        inner join marts.dim_accounts as accounts on lists.account_key = accounts.account_key
        where lists.is_complete is null or lists.is_complete
        qualify row_number() over (
            partition by accounts.consumer_key order by lists.listed_count desc, lists.account_key
        ) = 1
    )
    select complete.consumer_key, followers.follower_key
    from marts.fct_followers as followers
    inner join complete on followers.account_key = complete.account_key
"""
_VALUES = """
    select
        product_id,
        cast(sum(net_amount_minor) as double) as net,
        count(distinct case when not is_return then source || '|' || store_id || '|' || transaction_id end) as purchases
    from marts.fct_sales_lines
    where currency = $currency and business_on <= $as_of
    group by product_id
"""
# What a delivered sample cost in the last campaign with the product: everything but fees and media.
_COSTS = """
    with costs as (
        select campaign_id, sum(amount_minor) as amount
        from marts.fct_campaign_costs
        where kind in ('product', 'shipping', 'reward') and currency = $currency
        group by campaign_id
    ),
    delivered as (
        select campaign_id, count(*) as people
        from marts.fct_campaign_members
        where unit = 'consumer' and coalesce(delivered_on, accepted_on) is not null
        group by campaign_id
    )
    select products.product_id, cast(round(costs.amount / delivered.people) as bigint) as cost_minor
    from marts.bridge_campaign_products as products
    inner join costs on products.campaign_id = costs.campaign_id
    inner join delivered on products.campaign_id = delivered.campaign_id
    inner join marts.dim_campaigns as campaigns on products.campaign_id = campaigns.campaign_id
    qualify row_number() over (
        partition by products.product_id order by campaigns.starts_on desc, products.campaign_id
    ) = 1
"""


@dataclass(frozen=True)
class Published:
    """The generation that readers see, for planning."""

    generation: Generation
    settings: Settings
    workspace: Workspace
    at: datetime

    @classmethod
    def of(cls, workspace: Workspace, settings: Settings, at: datetime) -> Published:
        """The current generation, with what is agreed to at `at` (naive UTC).

        Raises:
            ConfigurationError: nothing is published yet.
        """
        now = current(workspace)
        if now is None:
            raise ConfigurationError(f"{workspace.root} has nothing published yet: nanolift run")
        return cls(now, settings, workspace, at)

    @property
    def build(self) -> Build:
        return Build(self.generation.path)

    @cached_property
    def _warehouse(self) -> Path:
        return self.generation.sound(self.build.warehouse.name)

    def query(self, sql: str, **values: Any) -> pl.DataFrame:
        """Rows of the published warehouse."""
        with duckdb.connect(str(self._warehouse), read_only=True) as connection:
            return pl.DataFrame(pl.from_arrow(connection.sql(sql, params=values or None).to_arrow_table()))

    def export(self, name: str) -> pl.DataFrame:
        """Rows of a published export."""
        if not (self.build.exports / f"{name}.parquet").exists():
            raise IntegrityError(f"{self.generation.name} has no export {name}: run `nanolift run` with this version")
        return pl.read_parquet(self.generation.sound(f"exports/{name}.parquet"))

    @cached_property
    def product_ids(self) -> frozenset[str]:
        return frozenset(self.query("select product_id from marts.dim_products")["product_id"])

    @cached_property
    def area_people(self) -> dict[str, float]:
        """Inhabitants by area; areas of which nobody told them are left out."""
        rows = self.query(_AREAS).drop_nulls("people")
        return {str(area): float(people) for area, people in rows.iter_rows() if people > 0}

    @cached_property
    def area_ids(self) -> frozenset[str]:
        """Areas with a store or with people."""
        sql = """
            select area_id from marts.dim_stores where area_id is not null
            union select home_area_id from marts.dim_consumers where home_area_id is not null
        """
        return frozenset(self.query(sql)["area_id"])

    @cached_property
    def usual_costs(self) -> dict[str, int]:
        """product_id → minor units of a delivered sample in the last campaign with it."""
        rows = self.query(_COSTS, currency=self.settings.brand.currency)
        return {str(product): int(cost) for product, cost in rows.iter_rows() if cost and cost > 0}

    @cached_property
    def value_factors(self) -> dict[str, float]:
        """product_id → worth of a purchase over that of the products the scores are for; 1 where either is unknown."""
        scored = self.build.features / "scoring.parquet"
        if not scored.exists():
            return {}
        rows = pl.read_parquet(self.generation.sound("features/scoring.parquet"), columns=["purchase_value_minor"])
        told = rows["purchase_value_minor"].drop_nulls()
        usual = told.drop_nans().median() if told.dtype.is_float() else told.median()
        if not isinstance(usual, int | float) or not usual > 0:
            return {}
        sales = self.query(_VALUES, currency=self.settings.brand.currency, as_of=self.generation.as_of)
        known = sales.filter((pl.col("net") > 0) & (pl.col("purchases") > 0))
        return {str(product): net / bought / usual for product, net, bought in known.iter_rows()}

    def audience(self) -> tuple[Audience, tuple[str, ...]]:
        """(what is known of audiences, notes)."""
        listed = int(self.query("select count(*) as n from marts.fct_followers")["n"][0])
        empty = pl.DataFrame(schema={"consumer_key": pl.String, "follower_key": pl.String})
        too_many = listed > MOST_LISTED
        notes = (f"{listed:,} listed followers are more than a plan holds: overlap is estimated",) if too_many else ()
        stated = self.settings.reach.population
        market = None if stated is None else float(stated)
        return Audience(empty if too_many else self.query(_LISTS), self.area_people, market), notes

    def people(self) -> pl.DataFrame:
        """Everybody who may be listed now, as ml.planning.recruitment wants them, with the exports' facts and reasons.

        Consents are those landed by now, which the published exports may not know yet.
        """
        facts = self._listed_now(self.export("ambassador_candidates"))
        scores = self.export("ambassador_scores")
        own = [name for name in scores.columns if name not in facts.columns]
        homes = self.query("select consumer_key, home_area_id as area_id from marts.dim_consumers")
        low, high = self._capture_factors()
        people = (
            facts.join(scores.select("consumer_key", *own), on="consumer_key", how="left")
            .join(homes, on="consumer_key", how="left")
            .join(self.query(_PAST), on="consumer_key", how="left")
            .join(self.query(_HAD), on="consumer_key", how="left")
        )
        return people.with_columns(
            standing_holdout=pl.col("standing_holdout") | pl.col("is_compared").fill_null(False),
            had_product_ids=pl.col("had_product_ids").fill_null(pl.lit([], dtype=pl.List(pl.String))),
            low_factor=pl.lit(low, dtype=pl.Float64),
            high_factor=pl.lit(high, dtype=pl.Float64),
        ).sort("consumer_key")

    def _listed_now(self, facts: pl.DataFrame) -> pl.DataFrame:
        """Of people of an export those who may be listed at this moment, with their consent to contact of now."""
        identities = identities_of(self._warehouse)
        unlisted = unlisted_now(self.workspace, identities, self.at)
        listed = facts.filter(pl.col("consumer_key").is_in(list(unlisted)).not_())
        return with_consent_now(listed, states_now(self.workspace, identities, self.at), identities.head(0))

    def _capture_factors(self) -> tuple[float | None, float | None]:
        """90 % range of caused per tracked purchase, over its estimate: all scores rise and fall with it."""
        cards = sorted(self.build.models.glob("ambassador*/card.json")) if self.build.models.exists() else []
        if not cards:
            return None, None
        capture = json.loads(Path(cards[0]).read_text(encoding="utf-8")).get("constants", {}).get("capture", {})
        caused, error = capture.get("caused_per_tracked"), capture.get("error")
        if not capture.get("is_measured") or not caused or error is None:
            return None, None
        return max(0.0, 1 - NORMAL_90 * error / caused), 1 + NORMAL_90 * error / caused
