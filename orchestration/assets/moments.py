"""Layer measurements, of texts: rates of moments a day, alerts of stores and products, pieces to look at twice."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg
import polars as pl

from ml.text.alerts import daily_rates, jumps
from ml.text.authenticity import bursts, hints
from orchestration.assets.table_step import Made, keys_of, table_step
from orchestration.assets.warehouse import KEYS as MART_KEYS
from orchestration.session import RunSession

RATES, ALERTS, HINTS = "moment_rates", "store_alerts", "ugc_hints"
DESCRIPTIONS = {
    RATES: "One row per subject, moment and day: moments per 1,000 sales and page views, with 90 % intervals.",
    ALERTS: "One row per store or product and bad moment of the last two weeks, tested against the twelve before.",
    HINTS: "One row per piece of UGC with a reason to look twice; none alone excludes a person.",
}
KEYS = keys_of(DESCRIPTIONS)
_READ = {
    "fct_moment_daily": (),
    "fct_moment_opportunities": (),
    "fct_ugc": (
        "ugc_key",
        "product_id",
        "store_id",
        "published_on",
        "duplicates_count",
        "link_density",
        "handle_density",
        "is_verified_purchase",
        "is_undisclosed_incentive",
    ),
}


def hints_of(ugc: pl.DataFrame) -> pl.DataFrame:
    """ugc_key, is_burst, hints of the pieces that have any; the burst is of the product's day, else the store's."""
    subject = pl.coalesce("product_id", "store_id")
    pieces = ugc.sort("ugc_key").with_columns(subject=subject)
    days = bursts(pieces.select("subject", "published_on")).select("subject", "published_on", "is_burst")
    pieces = pieces.join(days, on=["subject", "published_on"], how="left", maintain_order="left")
    told = pieces.select("ugc_key", "is_burst").with_columns(hints(pieces).alias("hints"))
    return told.filter(pl.col("hints").list.len() > 0)


def measure(session: RunSession) -> Made:
    """Rates, alerts and hints of the run's texts."""
    marts = session.marts(_READ)
    frames = {
        RATES: daily_rates(marts["fct_moment_daily"]),
        ALERTS: jumps(marts["fct_moment_daily"], marts["fct_moment_opportunities"], session.as_of),
        HINTS: hints_of(marts["fct_ugc"]),
    }
    alarms = int(frames[ALERTS]["is_alert"].sum())
    return Made(frames, frames[RATES].height, f"{alarms} alerts of {frames[ALERTS].height} rates tested")


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """The three tables, made by one step."""
    return [
        table_step(
            partitions,
            name="measure_moments",
            title="moments",
            tables=DESCRIPTIONS,
            deps=[MART_KEYS[mart] for mart in _READ],
            make=measure,
        )
    ]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None: rates carry their interval, and the exports gate looks at what is shown."""
    return []
