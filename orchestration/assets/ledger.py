"""Layer measurements, the ledger: what each campaign sold beyond what would have been sold, every sale counted once.

Belongs here: reading, keeping. Does not: any formula or rule (ml/measurement/ledger).
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg
import polars as pl

from ml.measurement.ledger.build import ledger
from orchestration.assets import measurements, store_lift
from orchestration.assets.features import KEYS as FEATURE_KEYS
from orchestration.assets.features import TRAINING
from orchestration.assets.table_step import Made, keys_of, table_step
from orchestration.assets.warehouse import KEYS as MART_KEYS
from orchestration.session import RunSession

VALUE = "campaign_value"
DESCRIPTIONS = {
    "incremental_sales": "One row per campaign and part of its extra sales: by whom, where, known from what.",
    VALUE: "One row per campaign, and their sum: extra sales, what codes claim, cost, extra sales per cost.",
}
KEYS = keys_of(DESCRIPTIONS)
_READ = {
    "dim_campaigns": ("campaign_id",),
    "fct_campaign_members": ("campaign_id", "arm", "referred_net_minor"),
    "fct_campaign_costs": ("campaign_id", "amount_minor", "currency"),
}


def keep(session: RunSession) -> Made:
    """Every campaign's extra sales in parts, and their worth beside their cost."""
    marts = session.marts(_READ, ordered=True)
    frames = ledger(
        marts["dim_campaigns"],
        marts["fct_campaign_members"],
        session.tables[TRAINING],
        session.tables[measurements.EFFECTS],
        session.tables[store_lift.LIFT],
        marts["fct_campaign_costs"],
        currency=session.settings.brand.currency,
        seed=session.settings.seed,
    )
    own = frames[VALUE].drop_nulls("campaign_id")
    measured = own.filter(pl.col("status") == "measured").height
    return Made(frames, frames["incremental_sales"].height, f"{measured} of {own.height} campaigns measured")


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """Both tables, made by one step."""
    return [
        table_step(
            partitions,
            name="keep_ledger",
            title="ledger",
            tables=DESCRIPTIONS,
            deps=[
                *(MART_KEYS[mart] for mart in _READ),
                FEATURE_KEYS[TRAINING],
                measurements.KEYS[measurements.EFFECTS],
                store_lift.KEYS[store_lift.LIFT],
            ],
            make=keep,
        )
    ]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None of its own: the scores gate looks at every campaign's sum, the exports gate at what is shown."""
    return []
