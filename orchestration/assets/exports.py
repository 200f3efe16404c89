"""Layer exports: what marketers use, as Parquet, CSV and XLSX, and the report that opens from disk.

Belongs here: reading what the exports need from this run's own tables, the exports gate. Does not: what an export
holds (exports/).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg
import polars as pl

from orchestration.assets import (
    ledger,
    measurements,
    moments,
    monitoring,
    reach,
    review_effect,
    scores,
    store_lift,
    talk,
)
from orchestration.assets.warehouse import KEYS as MART_KEYS
from orchestration.exports.consents import identities_of, minors_now, states_now, with_consent_now
from orchestration.exports.context import ExportContext, GateOutcome
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.facade import write_exports, write_report
from orchestration.exports.inputs import MART_INPUTS, MEASUREMENT_INPUTS, SCORE_INPUTS, loads_frame
from orchestration.gate_frames.exports import check_exports
from orchestration.gates import gate_checks
from orchestration.progress import announce
from orchestration.session import RunSession

GROUP = "exports"
MEASURED = (measurements, moments, store_lift, review_effect, ledger, talk, reach, monitoring)
MONITORED = tuple(key for layer in MEASURED for key in layer.KEYS.values())
KEYS = {name: dg.AssetKey([GROUP, name]) for name in (*OUTPUTS, "report")}


def export_context(session: RunSession) -> ExportContext:
    """What the exports say besides their tables."""
    settings = session.settings
    return ExportContext(
        brand_name=settings.brand.name,
        as_of=session.as_of,
        timezone=settings.brand.timezone,
        currency=settings.brand.currency,
        tier_preset=settings.tiers.preset,
        nano_below=settings.tiers.nano_below,
        micro_up_to=settings.tiers.micro_up_to,
        source_basis={source.name: source.basis for source in settings.sources},
        simulated_sources=frozenset(source.name for source in settings.sources if source.kind == "demo"),
        stale_since=session.stale_since,
        holdout_share=settings.holdout.share,
        holdout_seed=settings.seed,
        kept_lots=session.kept_lots,
        gates=tuple(
            GateOutcome(
                result.gate,
                result.passed,
                result.executed,
                len(result.failures),
                "" if result.passed else result.one_line(),
            )
            for result in session.gates
        ),
        models=tuple(session.models.values()),
        design_notes=tuple(settings.brand.notes),
        languages=settings.report.languages,
    )


def _inputs(session: RunSession) -> dict[str, pl.DataFrame]:
    frames = session.marts({name: tuple(columns) for name, columns in MART_INPUTS.items()})
    identities = identities_of(session.build.warehouse)
    frames["dim_consumers"] = with_consent_now(
        frames["dim_consumers"],
        states_now(session.workspace, identities, session.loaded_at),
        minors_now(session.workspace, identities),
    )
    frames["loads"] = loads_frame([load.record() for load in session.selected])
    return frames | {
        name: session.tables[name] for name in (*SCORE_INPUTS, *MEASUREMENT_INPUTS) if name in session.tables
    }


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """One asset an output, and the report."""

    @dg.multi_asset(
        name="write_exports",
        specs=[
            dg.AssetSpec(
                key,
                group_name=GROUP,
                deps=[*MART_KEYS.values(), *scores.KEYS.values(), *MONITORED],
                description=OUTPUTS[name].grain if name in OUTPUTS else "The report, pages that open from disk.",
                kinds={"html"} if name == "report" else {"parquet", "csv", "excel"},
            )
            for name, key in KEYS.items()
        ],
        partitions_def=partitions,
    )
    def write(session: dg.ResourceParam[RunSession]) -> Iterator[dg.MaterializeResult[None]]:
        context = export_context(session)
        with announce("exports") as step:
            rows = write_exports(_inputs(session), context, session.build.exports)
            session.export_rows = rows
            step.rows = sum(rows.values())
        with announce("report"):
            page = write_report(session.build.exports, context, session.build.report)
        for name, key in KEYS.items():
            folder = page.parent if name == "report" else session.build.exports
            files = list(folder.rglob("*.html") if name == "report" else folder.glob(f"{name}.*"))
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={
                    "bytes": sum(file.stat().st_size for file in files),
                    **({} if name == "report" else {"dagster/row_count": rows[name]}),
                },
            )

    return [write]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """gate_exports on every output: nothing is published that has not passed."""
    return [gate_checks(GROUP, list(KEYS.values()), check_exports)]
