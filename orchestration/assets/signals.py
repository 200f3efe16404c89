"""Layer signals: what the texts of each landed load say, written once beside the load. No text enters the warehouse.

Belongs here: when texts are read, what the UI is told. Does not: how they are read (connectors/signals.py, ml/text).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.assets.landing import KEYS as LANDING_KEYS
from orchestration.connectors.near_duplicates import lay_out_clusters
from orchestration.connectors.selection import link_signals
from orchestration.connectors.signals import SIGNAL_STREAMS, ensure_signals
from orchestration.progress import announce
from orchestration.session import RunSession
from orchestration.text_models import text_models

GROUP = "signals"
# Relation that dbt reads → its asset.
KEYS = {
    "signals": dg.AssetKey([GROUP, "texts"]),
    "signal_moments": dg.AssetKey([GROUP, "moments"]),
    "text_clusters": dg.AssetKey([GROUP, "near_duplicates"]),
}
DESCRIPTIONS = {
    "signals": "Language, sentiment, kind, hashtags and make-up of every post and review; no text.",
    "signal_moments": "One row per text and moment told, with polarity and confidence.",
    "text_clusters": "Which texts are copies or near copies of each other, over all loads.",
}


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """Signals of posts and reviews, made by one step."""

    @dg.multi_asset(
        name="read_texts",
        specs=[
            dg.AssetSpec(
                key,
                group_name=GROUP,
                deps=[LANDING_KEYS[stream] for stream in SIGNAL_STREAMS],
                description=DESCRIPTIONS[name],
                kinds={"polars"},
            )
            for name, key in KEYS.items()
        ],
        partitions_def=partitions,
    )
    def texts(session: dg.ResourceParam[RunSession]) -> Iterator[dg.MaterializeResult[None]]:
        with announce("signals") as step:
            models = text_models(session.workspace)
            session.text_models = {language: model.model_id for language, model in models.items()}
            step.rows = ensure_signals(session.selected, models)
            link_signals(session.selected, session.landed_root)
            compared = lay_out_clusters(session.selected, session.cutoff, session.landed_root)
            step.note = f"models {', '.join(session.text_models.values())}"
        yield dg.MaterializeResult(asset_key=KEYS["signals"], metadata={"dagster/row_count": step.rows})
        yield dg.MaterializeResult(asset_key=KEYS["signal_moments"])
        yield dg.MaterializeResult(asset_key=KEYS["text_clusters"], metadata={"dagster/row_count": compared})

    return [texts]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None: the marts gate looks at what signals become."""
    return []
