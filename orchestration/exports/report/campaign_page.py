"""The content of one campaign's page from the exports of the same run.

Belongs here: which rows are the campaign's, the page's overview. Does not: the blocks (one module each, shared with the
front page), HTML (campaign.html).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.language import Language
from orchestration.exports.report import campaigns, fairness, ledger, reach, reviews, stores, talk
from orchestration.exports.report.basis import basis_line
from orchestration.exports.report.charts.assemble import campaign_charts
from orchestration.exports.report.figures import Row
from orchestration.exports.report.forest import forests
from orchestration.exports.report.pages import translations
from orchestration.exports.report.retold import retold
from orchestration.exports.report.tables import data_table
from orchestration.exports.report.view import Tile
from orchestration.exports.report.view_campaign import CampaignPage
from orchestration.exports.retelling import label
from orchestration.exports.words import outcome_of

FOLDER = "campaigns"
_EFFECT_COLUMNS = (
    "outcome", "treated_count", "compared_count", "compared_mean", "effect", "effect_low", "effect_high",
    "total_effect", "total_effect_low", "total_effect_high", "placebo_check",
)  # fmt: skip
_PACING_COLUMNS = ("step", "day_number", "members_count", "reached_count", "reached_share", "usual_share", "pace")
_OF_CAMPAIGNS = ("wom_reach", "synergy", "brand_effect", "posts_sell", "trust_sensitivity")
# Of the studies of talk one is about the brand alone.
_NOT_OF_CAMPAIGNS = "lead"


def campaign_page(
    exports: Mapping[str, pl.DataFrame], context: ExportContext, campaign_id: str, slug: str, language: Language
) -> CampaignPage:
    """Everything the page shows; each figure is an export's.

    Args:
        slug: file name of the page without ending.
    """
    own = {
        name: table.filter(pl.col("campaign_id") == campaign_id) if "campaign_id" in table.columns else table
        for name, table in exports.items()
        if name not in ("uplift_scores",)
    }
    own["design_quality"] = exports["design_quality"].filter(
        (pl.col("compared_for") == "campaign") & (pl.col("subject_id") == campaign_id)
    )
    own = retold(own, language)
    results = own["campaign_results"]
    first = results.row(0, named=True)
    measured = results.filter(pl.col("status") == "measured").with_columns(
        outcome=pl.col("outcome").map_elements(lambda name: language.gettext(outcome_of(name).title), pl.String)
    )
    return CampaignPage(
        brand=context.brand_name,
        as_of=language.day(context.as_of),
        timezone=context.timezone,
        basis=basis_line(context, language),
        simulated=", ".join(sorted(context.simulated_sources)),
        translations=translations(language.tag, context.languages, f"{FOLDER}/{slug}.html"),
        home="../index.html",
        name=language.campaign(first["campaign_name"], campaign_id),
        about=_about(first, language),
        headline=campaigns.own_headline(results, language),
        tiles=_tiles(first, own, language),
        forests=forests(results, language),
        effects=data_table("campaign_results", measured, _EFFECT_COLUMNS, language, language.say("What it did")),
        pacing=data_table("campaign_pacing", own["campaign_pacing"], _PACING_COLUMNS, language),
        ledger=ledger.ledger_rows(own["extra_sales"], language),
        stores=stores.store_rows(own["store_lift"], language),
        reviews=reviews.reviews_block(own["review_effect"], language),
        reach=reach.reach_block(own | {"engagement": exports["engagement"].clear()}, language),
        talk=tuple(
            block
            for block in talk.talk_blocks(own | {"prosumer_lead": exports["prosumer_lead"].clear()}, language)
            if block.rows and block.ident != _NOT_OF_CAMPAIGNS
        ),
        fairness=fairness.fairness_rows(own["design_quality"], language),
        notes=context.design_notes,
        charts=campaign_charts(exports, campaign_id, language),
    )


def _about(row: Row, language: Language) -> str:
    """Kind, days and design in one line."""
    words = [label(str(row["kind"]).replace("_", " "), language)] if row["kind"] else []
    if row["starts_on"] is not None:
        words.append(language.range(language.day(row["starts_on"]), language.day(row["ends_on"])))
    if row["design"]:
        words.append(label(row["design"], language))
    return " · ".join(words)


def _tiles(row: Row, own: Mapping[str, pl.DataFrame], language: Language) -> tuple[Tile, ...]:
    """Who took part, what was published, who could be reached, what it cost."""
    whole = own["reach"].filter((pl.col("platform") == "all platforms") & (pl.col("tier") == "all tiers"))
    unique = None if whole.is_empty() else whole["unique_reach"][0]
    published = row["published_count"]
    return (
        Tile(
            language.say("Took part"),
            language.number(row["treatment_count"]),
            language.say("not counted: those kept out to compare with"),
        ),
        Tile(
            language.say("Posts and reviews"),
            language.number(row["ugc_count"]),
            language.say("who published: %(people)s", people=language.number(published)),
        ),
        Tile(
            language.say("Different people reached"),
            language.number(unique),
            language.say("who follows several members counts once"),
        ),
        Tile(
            language.say("Cost"),
            language.minor(row["cost_minor"], row["cost_currency"]),
            language.say("product, shipping, fees, rewards and media"),
        ),
    )
