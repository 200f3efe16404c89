"""Layer landing: every configured source becomes immutable loads, one asset a canonical stream.

Belongs here: which source is landed when, what the UI is told, the landing gate. Does not: how rows are read,
mapped or written (connectors/).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg

from expectations.registry import suite
from expectations.result import GateResult
from expectations.runner import validate
from orchestration.connectors.landing import land_source
from orchestration.connectors.loads import active_loads, read_loads, verified
from orchestration.connectors.selection import lay_out, select_loads
from orchestration.connectors.streams import STREAMS
from orchestration.demo.delivery import SIMULATED
from orchestration.demo.source import prepare
from orchestration.environment import real_data_directory
from orchestration.gate_frames.landing import ExpectedStream, LandedRun, landing_context, landing_frames
from orchestration.gates import gate_checks
from orchestration.privacy.retention import retain
from orchestration.privacy.workspace_key import check_one_key
from orchestration.progress import announce
from orchestration.session import RunSession
from orchestration.settings import Settings, Source

GROUP = "landing"
KEYS = {name: dg.AssetKey([GROUP, name]) for name in STREAMS}


def _land(source: Source, session: RunSession) -> None:
    mappings = source.streams
    if source.kind == "demo":
        mappings = prepare(source, session.workspace, session.cutoff)
    with announce(f"land {source.name}", source=source.name) as step:
        results = land_source(
            source,
            mappings,
            session.workspace,
            key=session.key,
            loaded_at=session.loaded_at,
            real_data=real_data_directory(),
            brand_timezone=session.settings.brand.timezone,
            key_version=session.own_key.version,
        )
        session.landed.extend(results)
        step.rows = sum(result.rows_accepted for result in results)
        read = sum(result.rows_read for result in results)
        step.note = f"{read:,} read" if read else "nothing new"


def _let_go(session: RunSession) -> None:
    """What is over by [retention] goes before anything reads it, also what a source delivered once more."""
    retention, key = session.settings.retention, session.key
    gone, _ = retain(session.workspace, retention, key, day=session.as_of, at=session.loaded_at)
    if gone:
        with announce("retain") as step:
            step.rows = sum(gone.values())


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
        checked = verified(active_loads(read_loads(session.workspace.landing)))
        for source in () if session.options.from_landing else session.settings.sources:
            _land(source, session)
        _let_go(session)
        check_one_key(read_loads(session.workspace.landing), session.own_key.version)
        session.selected = select_loads(session.workspace.landing, session.options.replay_at)
        lay_out(session.selected, session.landed_root, checked)
        for name, key in KEYS.items():
            loads = [load for load in session.landed if load.stream == name]
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


def expected_streams(settings: Settings) -> list[ExpectedStream]:
    """What the configuration promises of each stream that a source of its maps."""
    promises = []
    for source in settings.sources:
        streams = sorted(SIMULATED) if source.kind == "demo" else sorted({each.stream for each in source.streams})
        is_live = source.basis != "research_dataset"
        promises += [ExpectedStream(name, source.required, is_live, source.max_age_days) for name in streams]
    return promises


def check(session: RunSession) -> GateResult:
    """The landing gate on the loads this run selected."""
    run = LandedRun(
        root=session.landed_root,
        records=[load.record() for load in session.selected],
        expected=expected_streams(session.settings),
        as_of=session.as_of,
        cutoff=session.cutoff,
        brand_timezone=session.settings.brand.timezone,
    )
    frames, streams_with_rows = landing_frames(run)
    session.streams_with_rows = streams_with_rows
    return validate(suite(GROUP), frames, landing_context(streams_with_rows, session.past_figures(GROUP)))


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """gate_landing on every stream: nothing reads a load that has not passed."""

    return [gate_checks(GROUP, list(KEYS.values()), check)]
