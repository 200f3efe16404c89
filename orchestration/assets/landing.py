"""Layer landing: every configured source becomes immutable loads, one asset a canonical stream.

Belongs here: which source is landed when, what the UI is told, the landing gate. Does not: how rows are read,
mapped or written (connectors/).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg

from expectations.result import GateResult
from orchestration.connectors.landing import land_source
from orchestration.connectors.streams import STREAMS
from orchestration.demo.source import prepare
from orchestration.gate_frames import check_landing
from orchestration.gates import gate_checks
from orchestration.progress import announce
from orchestration.session import RunSession
from orchestration.settings import Source, real_data_directory

GROUP = "landing"
KEYS = {name: dg.AssetKey([GROUP, name]) for name in STREAMS}


def _land(source: Source, session: RunSession) -> None:
    mappings = source.streams
    if source.kind == "demo":
        mappings = prepare(source, session.workspace, session.cutoff)
    with announce(f"land {source.name}") as step:
        results = land_source(
            source,
            mappings,
            session.workspace,
            key=session.key,
            loaded_at=session.loaded_at,
            real_data=real_data_directory(),
        )
        session.loads.extend(results)
        step.rows = sum(result.rows_accepted for result in results)
        read = sum(result.rows_read for result in results)
        step.note = f"{read:,} read" if read else "nothing new"


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """One asset a stream, all made by one step, since a source delivers several."""

    @dg.multi_asset(
        name="land_sources",
        specs=[
            dg.AssetSpec(key, group_name=GROUP, description=STREAMS[name].grain, kinds={"parquet"})
            for name, key in KEYS.items()
        ],
        partitions_def=partitions,
    )
    def land_sources(session: dg.ResourceParam[RunSession]) -> Iterator[dg.MaterializeResult[None]]:
        for source in session.settings.sources:
            _land(source, session)
        for name, key in KEYS.items():
            loads = [load for load in session.loads if load.stream == name]
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={
                    "dagster/row_count": sum(load.rows_accepted for load in loads),
                    "rows read": sum(load.rows_read for load in loads),
                    "rows quarantined": sum(load.rows_quarantined for load in loads),
                    "rows duplicate": sum(load.rows_duplicate for load in loads),
                    "bytes": sum(load.bytes for load in loads),
                },
            )

    return [land_sources]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """gate_landing on every stream: nothing reads a load that has not passed."""

    def check(session: RunSession) -> GateResult:
        return check_landing(session)

    return [gate_checks(GROUP, list(KEYS.values()), check)]
