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
from orchestration.exports.report.basis import basis_line
from orchestration.exports.report.charts.assemble import report_charts
from orchestration.exports.report.figures import name_of
from orchestration.exports.report.forest import forests
from orchestration.exports.report.pages import translations
from orchestration.exports.report.view import ReportContext, Tile
from orchestration.exports.retelling import label
from orchestration.exports.words import outcome_of
from orchestration.exports.writers import ALL_OUTPUTS


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
    names = {row["campaign_id"]: name_of(row, language) for row in results.iter_rows(named=True)}
    return ReportContext(
        brand=context.brand_name,
        as_of=language.day(context.as_of),
        timezone=context.timezone,
        basis=basis_line(context, language),
        tiers_note=language.say(
            "%(preset)s: nano below %(nano)s followers, micro up to %(micro)s, macro above. An unknown audience is "
            "a tier "
            "of its own.",
            preset=context.tier_preset,
            nano=language.number(context.nano_below),
            micro=language.number(context.micro_up_to),
        ),
        simulated=", ".join(sorted(context.simulated_sources)),
        lead=campaigns.lead(results, language),
        headlines=campaigns.headlines(results, language),
        unmeasured=campaigns.beyond_headlines(results, language),
        tiles=_tiles(exports, language),
        forests=forests(results, language),
        campaigns=campaigns.campaign_blocks(results, language),
        ledger=ledger.ledger_rows(exports["extra_sales"], language),
        stores=stores.store_rows(exports["store_lift"], language),
        reviews=reviews.reviews_block(exports["review_effect"], language),
        talk=talk.talk_blocks(exports, language),
        reach=reach.reach_block(exports, language),
        fairness=fairness.fairness_rows(exports["design_quality"], language),
        texts=texts.texts_block(exports, language),
        tiers=people.tier_rows(exports["ambassador_candidates"], exports["ambassador_scores"], context, language),
        group_bars=people.group_bars(exports["uplift_scores"], names, language),
        quality=model_quality.quality_blocks(exports["model_quality"], language),
        past_scores=past_scores.past_scores(exports["score_results"], names, language),
        held_out=past_scores.held_out(exports["ambassador_candidates"], language),
        left_out=people.left_out(quality, language),
        coverage=data.coverage(quality, language),
        sources=data.sources(quality, context, language),
        gates=data.checks(quality, "gate", language),
        models=data.checks(quality, "model", language),
        changes=data.checks(quality, "change", language),
        files=data.files(exports, link, language),
        notes=context.design_notes,
        dictionary_href=f"{link}/data_dictionary",
        workbook_href=f"{link}/{ALL_OUTPUTS}.xlsx",
        translations=translations(language.tag, context.languages),
        charts=report_charts(exports, language),
    )


def _tiles(exports: Mapping[str, pl.DataFrame], language: Language) -> tuple[Tile, ...]:
    """The overview: people, scores, campaigns, rows of data."""
    results, quality = exports["campaign_results"], exports["data_quality"]
    measured = results.filter(pl.col("status") == "measured").get_column("campaign_id").n_unique()
    accepted, refused = (
        float(quality.filter(pl.col("item") == item).get_column("value").sum())
        for item in ("rows accepted", "rows refused")
    )
    listed = language.number(len(exports["ambassador_candidates"]))
    known = language.number(results.get_column("campaign_id").n_unique())
    return (
        Tile(language.say("People who may be listed"), listed, language.say("facts only, not a prediction")),
        _contact_tile(exports["uplift_scores"], language),
        Tile(
            language.say("Campaigns measured"),
            language.number(measured),
            language.say("of %(number)s known", number=known),
        ),
        Tile(
            language.say("Rows of data"),
            language.number(accepted),
            language.say("%(number)s refused", number=language.number(refused)),
        ),
    )


def _contact_tile(uplift: pl.DataFrame, language: Language) -> Tile:
    """How many people contact is expected to move, for the outcome that most people are scored on."""
    if uplift.is_empty():
        return Tile(language.say("Contact helps"), language.say("none yet"), language.say("Files says what it needs"))
    counts = uplift.group_by("campaign_id", "outcome").agg(
        pl.len(), helps=(pl.col("group_label") == "contact helps").sum()
    )
    most = counts.sort("len", "campaign_id", "outcome", descending=[True, False, False]).row(0, named=True)
    noun = label(outcome_of(most["outcome"]).noun, language)
    note = language.say("of %(number)s scored; %(noun)s", number=language.number(most["len"]), noun=noun)
    return Tile(language.say("Contact helps"), language.number(most["helps"]), note)
