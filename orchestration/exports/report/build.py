"""The report's content from the exports of the same run.

Belongs here: which blocks there are, and the overview. Does not: the blocks themselves (campaigns.py, people.py,
data.py), HTML (render.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.report import campaigns, data, people
from orchestration.exports.report.view import ReportContext, Tile


def build_report(exports: Mapping[str, pl.DataFrame], context: ExportContext, link: str) -> ReportContext:
    """Everything the page shows; each figure is an export's.

    Args:
        exports: output name → frame, as the contract describes it.
        link: relative path from the page to the folder of the export files.
    """
    results, quality = exports["campaign_results"], exports["data_quality"]
    shown, unmeasured, lead = campaigns.headlines(results)
    names = {row["campaign_id"]: campaigns.name_of(row) for row in results.iter_rows(named=True)}
    return ReportContext(
        brand=context.brand_name,
        as_of=ENGLISH.day(context.as_of),
        timezone=context.timezone,
        basis=context.basis_line(),
        tiers_note=f"{context.tier_preset}: nano below {ENGLISH.number(context.nano_below)} followers, micro up to "
        f"{ENGLISH.number(context.micro_up_to)}, macro above. An unknown audience is a tier of its own.",
        simulated=", ".join(sorted(context.simulated_sources)),
        lead=lead,
        headlines=shown,
        unmeasured=unmeasured,
        tiles=_tiles(exports),
        forests=campaigns.forests(results),
        campaigns=campaigns.campaign_rows(results),
        tiers=people.tier_rows(exports["ambassador_candidates"], exports["ambassador_scores"], context),
        group_bars=people.group_bars(exports["uplift_scores"], names),
        left_out=people.left_out(quality),
        coverage=data.coverage(quality),
        sources=data.sources(quality, context),
        gates=data.checks(quality, "gate"),
        models=data.checks(quality, "model"),
        files=data.files(exports, link),
        notes=context.design_notes,
        dictionary_href=f"{link}/data_dictionary",
    )


def _tiles(exports: Mapping[str, pl.DataFrame]) -> tuple[Tile, ...]:
    """The overview: people, scores, campaigns, rows of data."""
    results, quality = exports["campaign_results"], exports["data_quality"]
    uplift = exports["uplift_scores"]
    helps = uplift.filter(pl.col("group_label") == "contact helps").get_column("consumer_key").n_unique()
    measured = results.filter(pl.col("status") == "measured").get_column("campaign_id").n_unique()
    accepted, refused = (
        float(quality.filter(pl.col("item") == item).get_column("value").sum())
        for item in ("rows accepted", "rows refused")
    )
    return (
        Tile(
            "People who may be asked",
            ENGLISH.number(len(exports["ambassador_candidates"])),
            "facts only, not a prediction",
        ),
        Tile(
            "Contact helps",
            ENGLISH.number(helps) if len(uplift) else "not learned yet",
            f"of {ENGLISH.number(uplift.get_column('consumer_key').n_unique())} people scored"
            if len(uplift)
            else "see Files",
        ),
        Tile(
            "Campaigns measured",
            ENGLISH.number(measured),
            f"of {ENGLISH.number(results.get_column('campaign_id').n_unique())} known",
        ),
        Tile("Rows of data", ENGLISH.number(accepted), f"{ENGLISH.number(refused)} refused"),
    )
