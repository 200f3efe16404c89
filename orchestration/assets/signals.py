"""Layer signals: what the texts of each landed load say, written once beside the load. No text enters the warehouse."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from orchestration.assets.landing import KEYS as LANDING_KEYS
from orchestration.connectors.selection import link_signals
from orchestration.connectors.signals import SIGNAL_STREAMS, ensure_signals
from orchestration.progress import announce
from orchestration.session import RunSession

GROUP = "signals"
KEY = dg.AssetKey([GROUP, "texts"])


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """Signals of posts and reviews."""

    @dg.asset(
        key=KEY,
        group_name=GROUP,
        deps=[LANDING_KEYS[stream] for stream in SIGNAL_STREAMS],
        partitions_def=partitions,
        kinds={"polars"},
    )
    def texts(session: dg.ResourceParam[RunSession]) -> dg.MaterializeResult[None]:
        """Length, kind, hashtags and codes of every text of a new load."""
        with announce("signals") as step:
            step.rows = ensure_signals(session.selected)
            link_signals(session.selected, session.landed_root)
        return dg.MaterializeResult(metadata={"dagster/row_count": step.rows})

    return [texts]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None: the marts gate looks at what signals become."""
    return []
