"""Which charts stand in which section of the report's pages.

Belongs here: their choice and order. Does not: the charts (one module a family of exports).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.contract_quality import PART_WORDS
from orchestration.exports.contract_reach import PLATFORM_ALL, TIER_ALL
from orchestration.exports.language import Language
from orchestration.exports.report.charts import (
    funnel,
    ledger,
    moments,
    past_scores,
    reach,
    reviews,
    scores,
    stores,
    talk,
)
from orchestration.exports.report.charts.figure import Charts, Missing

Exports = Mapping[str, pl.DataFrame]


def report_charts(exports: Exports, language: Language) -> dict[str, Charts]:
    """Section of the whole report → its charts."""
    return {
        "campaigns": (funnel.all_funnels(exports, language),),
        "extra-sales": ledger.ledger_figures(exports["extra_sales"], language),
        "stores": (stores.lifts(exports["store_lift"], language), *_clearest_weeks(exports, language)),
        "reviews": (reviews.ten_more(exports["review_effect"], language),),
        "reach": (
            reach.all_pyramids(exports["reach"], language),
            *_widest_curve(exports, language),
            *reach.engagement(exports["engagement"], language),
        ),
        "talk": (talk.synergy(exports["synergy"], language),),
        "texts": (
            *moments.over_time(exports["moments_by_month"], language),
            moments.by_store(exports["moments"], language),
        ),
        "past-scores": past_scores.realised(exports["score_results"], _names(exports), language),
        **_model_charts(exports["model_quality"], language),
    }


def _names(exports: Exports) -> dict[str, str]:
    """campaign_id → its name, of those that have one."""
    named = exports["campaign_results"].drop_nulls("campaign_name")
    return dict(named.select("campaign_id", "campaign_name").unique().iter_rows())


def _clearest_weeks(exports: Exports, language: Language) -> Charts:
    """Receipts, week by week, of the store test that found the most; the others stand on their campaign's page."""
    table = exports["store_lift"].filter((pl.col("counted") == "receipts") & pl.col("lift").is_not_null())
    if table.is_empty():
        return ()
    clearest = table.sort("chance_by_range", "campaign_id")["campaign_id"][0]
    own = exports["store_lift_weeks"].filter(pl.col("counted") == "receipts")
    return stores.weeks(own, language, clearest, with_name=True)


def _widest_curve(exports: Exports, language: Language) -> Charts:
    """The curve of the campaign that reached most; the others stand on their campaign's page."""
    whole = exports["reach"].filter((pl.col("platform") == PLATFORM_ALL) & (pl.col("tier") == TIER_ALL))
    drawn = exports["reach_curve"]["campaign_id"].unique().implode()
    whole = whole.filter(pl.col("unique_reach").is_not_null() & pl.col("campaign_id").is_in(drawn))
    if whole.is_empty():
        return ()
    row = whole.sort("unique_reach", "campaign_id", descending=[True, False]).row(0, named=True)
    return (reach.curve(exports["reach_curve"], row["campaign_id"], language, with_name=True),)


def _model_charts(quality: pl.DataFrame, language: Language) -> dict[str, Charts]:
    """`quality-<model>` → the charts of a model that ranks people by effect."""
    drawn = quality.filter(pl.col("part") == PART_WORDS["toc"])["model"].unique().sort()
    parts = {model: quality.filter(pl.col("model") == model) for model in drawn}
    return {
        f"quality-{model}": (scores.worth_curve(part, language), scores.tenths(part, language))
        for model, part in parts.items()
    }


def campaign_charts(exports: Exports, campaign_id: str, language: Language) -> dict[str, Charts]:
    """Section of a campaign's page → its charts; a chart of something the campaign does not have is left out."""
    has_stores = not exports["store_lift"].filter(pl.col("campaign_id") == campaign_id).is_empty()
    tests = exports["store_lift"].filter(pl.col("campaign_id") == campaign_id)
    of_reviews = exports["review_effect"].filter(pl.col("campaign_id") == campaign_id)
    of_synergy = exports["synergy"].filter(pl.col("campaign_id") == campaign_id)
    found: dict[str, Charts] = {
        "campaigns": (funnel.funnel(exports, campaign_id, language),),
        "extra-sales": ledger.ledger_figures(exports["extra_sales"], language, campaign_id),
        "stores": (
            (stores.lifts(tests, language), *stores.weeks(exports["store_lift_weeks"], language, campaign_id))
            if has_stores
            else ()
        ),
        "reviews": ()
        if of_reviews.is_empty()
        else (reviews.ten_more(exports["review_effect"], language, campaign_id),),
        "reach": (
            reach.pyramid(exports["reach"], campaign_id, language),
            reach.curve(exports["reach_curve"], campaign_id, language),
        ),
        "talk": (
            talk.generations(exports["wom_reach"], language, campaign_id),
            *(() if of_synergy.is_empty() else (talk.synergy(of_synergy, language, campaign_id),)),
        ),
    }
    if isinstance(found["reach"][0], Missing):
        found["reach"] = found["reach"][:1]
    return found
