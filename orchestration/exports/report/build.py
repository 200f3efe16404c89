"""The report's content from the exports of the same run.

Belongs here: which blocks there are, and the overview. Does not: the blocks themselves (campaigns.py, people.py,
data.py), HTML (render.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report import (
    campaigns,
    data,
    fairness,
    ledger,
    model_quality,
    past_scores,
    people,
    reach,
    reviews,
    stores,
    talk,
    texts,
)
from orchestration.exports.report.charts.assemble import report_charts
from orchestration.exports.report.figures import name_of
from orchestration.exports.report.forest import forests
from orchestration.exports.report.pages import translations
from orchestration.exports.report.view import ReportContext, Tile
from orchestration.exports.words import outcome_of


def build_report(
    exports: Mapping[str, pl.DataFrame], context: ExportContext, link: str, language: Language = ENGLISH
) -> ReportContext:
    """Everything the page shows; each figure is an export's.

    Args:
        exports: output name → frame, as the contract describes it.
        link: relative path from the page to the folder of the export files.
        language: of the page; texts that are data stay as they are.
    """
    results, quality = exports["campaign_results"], exports["data_quality"]
    names = {row["campaign_id"]: name_of(row) for row in results.iter_rows(named=True)}
    return ReportContext(
        brand=context.brand_name,
        as_of=ENGLISH.day(context.as_of),
        timezone=context.timezone,
        basis=context.basis_line(),
        tiers_note=f"{context.tier_preset}: nano below {ENGLISH.number(context.nano_below)} followers, micro up to "
        f"{ENGLISH.number(context.micro_up_to)}, macro above. An unknown audience is a tier of its own.",
        simulated=", ".join(sorted(context.simulated_sources)),
        lead=campaigns.lead(results),
        headlines=campaigns.headlines(results),
        unmeasured=campaigns.beyond_headlines(results),
        tiles=_tiles(exports),
        forests=forests(results),
        campaigns=campaigns.campaign_blocks(results),
        ledger=ledger.ledger_rows(exports["extra_sales"]),
        stores=stores.store_rows(exports["store_lift"]),
        reviews=reviews.reviews_block(exports["review_effect"]),
        talk=talk.talk_blocks(exports),
        reach=reach.reach_block(exports),
        fairness=fairness.fairness_rows(exports["design_quality"]),
        texts=texts.texts_block(exports),
        tiers=people.tier_rows(exports["ambassador_candidates"], exports["ambassador_scores"], context),
        group_bars=people.group_bars(exports["uplift_scores"], names),
        quality=model_quality.quality_blocks(exports["model_quality"]),
        past_scores=past_scores.past_scores(exports["score_results"], names),
        held_out=past_scores.held_out(exports["ambassador_candidates"]),
        left_out=people.left_out(quality),
        coverage=data.coverage(quality),
        sources=data.sources(quality, context),
        gates=data.checks(quality, "gate"),
        models=data.checks(quality, "model"),
        changes=data.checks(quality, "change"),
        files=data.files(exports, link),
        notes=context.design_notes,
        dictionary_href=f"{link}/data_dictionary",
        translations=translations(language.tag, context.languages),
        charts=report_charts(exports, language),
    )


def _tiles(exports: Mapping[str, pl.DataFrame]) -> tuple[Tile, ...]:
    """The overview: people, scores, campaigns, rows of data."""
    results, quality = exports["campaign_results"], exports["data_quality"]
    measured = results.filter(pl.col("status") == "measured").get_column("campaign_id").n_unique()
    accepted, refused = (
        float(quality.filter(pl.col("item") == item).get_column("value").sum())
        for item in ("rows accepted", "rows refused")
    )
    listed = ENGLISH.number(len(exports["ambassador_candidates"]))
    known = ENGLISH.number(results.get_column("campaign_id").n_unique())
    return (
        Tile("People who may be listed", listed, "facts only, not a prediction"),
        _contact_tile(exports["uplift_scores"]),
        Tile("Campaigns measured", ENGLISH.number(measured), f"of {known} known"),
        Tile("Rows of data", ENGLISH.number(accepted), f"{ENGLISH.number(refused)} refused"),
    )


def _contact_tile(uplift: pl.DataFrame) -> Tile:
    """How many people contact is expected to move, for the outcome that most people are scored on."""
    if uplift.is_empty():
        return Tile("Contact helps", "none yet", "Files says what it needs")
    counts = uplift.group_by("campaign_id", "outcome").agg(
        pl.len(), helps=(pl.col("group_label") == "contact helps").sum()
    )
    most = counts.sort("len", "campaign_id", "outcome", descending=[True, False, False]).row(0, named=True)
    note = f"of {ENGLISH.number(most['len'])} scored; {outcome_of(most['outcome']).noun}"
    return Tile("Contact helps", ENGLISH.number(most["helps"]), note)
