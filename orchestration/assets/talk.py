"""Layer measurements, of talk: how far it reaches, whom it follows, what it does together with other media.

Belongs here: which tables each study reads and leaves. Does not: any formula (ml/measurement), words (exports/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import dagster as dg
import polars as pl

from ml.measurement.brand_effect.measure import brand_effects, posts_sell
from ml.measurement.prosumer_lead.measure import prosumer_lead
from ml.measurement.synergy.measure import synergy
from ml.measurement.trust.measure import trust_sensitivity
from ml.measurement.word_of_mouth.measure import word_of_mouth
from orchestration.assets.table_step import Made, keys_of, table_step
from orchestration.assets.warehouse import KEYS as MART_KEYS
from orchestration.session import RunSession

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Study:
    """One measurement.

    Attributes:
        name: of its step.
        title: what the run announces.
        tables: table → its grain, in the schema `measurement`; the first has a column `status`.
        reads: mart → the columns read; none named: all.
        uses: tables of studies before it.
        measure: (marts, as_of, seed) → the tables.
    """

    name: str
    title: str
    tables: Mapping[str, str]
    reads: Mapping[str, tuple[str, ...]]
    measure: Callable[[Frames, date, int], dict[str, pl.DataFrame]]
    uses: tuple[str, ...] = ()

    @property
    def main(self) -> str:
        """The table with a row per thing measured or refused."""
        return next(iter(self.tables))


WORD_OF_MOUTH = Study(
    name="measure_word_of_mouth",
    title="word of mouth",
    tables={
        "word_of_mouth": "One row per campaign with a survey of what people told: offline reach with 90 % interval.",
        "word_of_mouth_generations": "One row per such campaign and step of the telling: people told.",
    },
    reads={
        "fct_survey_answers": (
            "survey", "campaign_id", "consumer_key", "generation", "people_told_count", "valence", "surveyed_on",
        ),
        "fct_campaign_members": (
            "campaign_id", "unit", "consumer_key", "arm", "accepted_on", "delivered_on", "active_on",
        ),
        "dim_campaigns": ("campaign_id", "ends_on"),
        "dim_consumers": ("consumer_key", "home_area_id"),
        "dim_stores": ("area_id", "area_population"),
    },
    measure=lambda marts, as_of, seed: word_of_mouth(marts, as_of, seed=seed),
)  # fmt: skip

LEAD = Study(
    name="measure_prosumer_lead",
    title="prosumer lead",
    tables={
        "prosumer_lead": "One row: by how many months early, socially active buyers lead the others, if they do.",
        "prosumer_lead_lags": "One row per lag of 1 to 18 months: how well the cohort's series fits the others'.",
    },
    reads={
        "fct_store_days": ("business_on",),
        "fct_sales_lines": ("consumer_key", "product_id", "business_on", "is_return"),
        "dim_products": ("product_id", "category"),
        "fct_ugc": ("consumer_key", "is_organic"),
    },
    measure=lambda marts, as_of, seed: prosumer_lead(marts, as_of, seed=seed),
)

SYNERGY = Study(
    name="measure_synergy",
    title="synergy",
    tables={
        "synergy": "One row per campaign, outcome, partner (influencer, promotion) and order: what both do beyond each."
    },
    reads={
        "fct_influencer_bursts": ("campaign_id", "burst_id", "published_on", "areas", "tier"),
        "fct_campaign_members": ("campaign_id", "unit", "unit_id", "arm"),
        "dim_campaigns": ("campaign_id", "starts_on", "ends_on"),
        "fct_store_days": (
            "store_id",
            "business_on",
            "channel",
            "currency",
            "transactions_count",
            "net_amount_minor",
            "lines_count",
            "discounted_lines_count",
        ),
        "dim_stores": ("store_id", "area_id", "opened_on", "closed_on", "is_known"),
        "bridge_campaign_products": ("campaign_id", "product_id"),
        "fct_page_daily": ("product_id", "page_on", "visitor_type", "views_count", "orders_count"),
    },
    measure=lambda marts, as_of, seed: synergy(marts, as_of, seed=seed),
)

BRAND = Study(
    name="measure_brand_effect",
    title="brand effect",
    tables={
        "brand_effect": "One row per campaign with a brand survey and question: treated less control, after and before."
    },
    reads={
        "fct_survey_answers": (
            "survey",
            "campaign_id",
            "consumer_key",
            "arm",
            "wave",
            "trust",
            "recommend",
            "intent",
            "surveyed_at",
        ),
        "fct_campaign_members": ("campaign_id", "unit", "consumer_key", "arm", "design"),
        "dim_campaigns": ("campaign_id", "ends_on"),
    },
    measure=lambda marts, as_of, seed: brand_effects(marts, as_of),
)
POSTS = Study(
    name="measure_posts_sell",
    title="posts sell",
    tables={"posts_sell": "Three rows per campaign with posts: bought after one as said, as tracked, as held out."},
    reads={
        "fct_survey_answers": ("survey", "campaign_id", "consumer_key", "bought_after_post", "surveyed_at"),
        "fct_campaign_members": ("campaign_id", "unit", "arm", "design", "first_purchase", "published_on"),
        "fct_campaign_events": ("campaign_id", "kind", "consumer_key", "referrer_consumer_key"),
        "dim_campaigns": ("campaign_id", "ends_on"),
    },
    measure=lambda marts, as_of, seed: posts_sell(marts, as_of),
)

TRUST = Study(
    name="measure_trust",
    title="trust",
    tables={
        "trust_sensitivity": "One row per campaign, published source of trust figures and channel: trusted contacts."
    },
    reads={
        "dim_trust_weights": ("source", "published_year", "scale", "channel", "trust_share"),
        "dim_campaigns": ("campaign_id", "starts_on", "ends_on"),
        "fct_campaign_daily": ("campaign_id", "reach_count"),
        "bridge_campaign_products": ("campaign_id", "product_id"),
        "fct_page_daily": ("product_id", "page_on", "views_count"),
    },
    measure=lambda marts, as_of, seed: trust_sensitivity(marts, as_of),
    uses=(WORD_OF_MOUTH.main,),
)

STUDIES = (WORD_OF_MOUTH, LEAD, SYNERGY, BRAND, POSTS, TRUST)
KEYS = keys_of(name for study in STUDIES for name in study.tables)


class ReadWhenAsked(Mapping[str, pl.DataFrame]):
    """The marts of a study, each read when it is first asked for: a study that refuses early reads no till line."""

    def __init__(self, session: RunSession, study: Study) -> None:
        self._session, self._reads = session, study.reads
        self._read = {name: session.tables[name] for name in study.uses}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._read:
            self._read |= self._session.marts({name: self._reads[name]}, ordered=True)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._reads, *(name for name in self._read if name not in self._reads)))

    def __len__(self) -> int:
        return len({*self._reads, *self._read})


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """One step a study."""
    return [_step(study, partitions) for study in STUDIES]


def _step(study: Study, partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    def measure(session: RunSession) -> Made:
        frames = study.measure(ReadWhenAsked(session, study), session.as_of, session.settings.seed)
        return Made.measured(frames, study.main)

    return table_step(
        partitions,
        name=study.name,
        title=study.title,
        tables=study.tables,
        deps=[*(MART_KEYS[mart] for mart in study.reads), *(KEYS[name] for name in study.uses)],
        make=measure,
    )


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None of its own: the scores gate looks at every finding, the exports gate at what is shown."""
    return []
