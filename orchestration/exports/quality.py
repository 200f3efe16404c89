"""data_quality: what came in, what is missing, what was refused, and what each missing output needs.

Belongs here: the rows of that export. Does not: deciding gates (expectations/), counting landed rows (connectors/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from ml.features.dictionary import BY_NAME
from orchestration.exports.context import ExportContext
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.contract_data import DATA_QUALITY
from orchestration.exports.inputs import take
from orchestration.exports.retelling import as_note

# Metrics a marketer asks for, with the table and what its rows are called: coverage = share of rows that have one.
COVERAGE: dict[str, tuple[str, tuple[str, ...]]] = {
    "dim_consumers": ("people", ("followers_count", "is_minor", "consent_scoring", "consent_contact")),
    "fct_sales_lines": ("till lines", ("consumer_key", "margin_minor")),
    "fct_ugc": (
        "posts and reviews",
        (
            "consumer_key",
            "published_on",
            "followers_count",
            "likes_count",
            "comments_count",
            "shares_count",
            "saves_count",
            "views_count",
            "reach_count",
            "impressions_count",
            "rating_share",
            "sentiment",
        ),
    ),
}

# What an output cannot do without, in the names of the input streams.
NEEDS: dict[str, str] = {
    "who_next": "what ambassador_scores, uplift_scores or service_queue need",
    "service_queue": "social_posts or reviews of the last 30 days that tell of a bad moment",
    "service_audit": "what service_queue needs",
    "campaign_follow_up": "a campaign that runs, with campaign_members and campaign_events",
    "campaign_pacing": "a campaign that runs, with campaign_members and campaign_events",
    "ugc_library": "social_posts or reviews of the last 90 days that speak well of the brand",
    "ambassador_candidates": "people with a basis: consumers with consents, or sources with a research basis",
    "ambassador_scores": "sales brought in through others: members' codes or links (campaign_events, pos_lines "
    "with promotion_code) of a finished campaign",
    "uplift_scores": "campaign_members with people who took part and people to compare with, and pos_lines that name "
    "people over the whole time before and after",
    "campaign_results": "campaigns, and for a measured effect campaign_members and pos_lines",
    "store_lift": "campaigns with stores or areas (campaign_members, campaign_areas) and pos_lines of stores over "
    "weeks before and after",
    "store_lift_weeks": "a store test that could be measured: see store_lift",
    "review_effect": "product_page_daily with orders, and the reviews displayed there or the stream reviews",
    "extra_sales": "campaigns, and for a figure a test of people or stores (see campaign_results, store_lift) or codes "
    "and links with four weeks of the products' sales before; campaign_costs for what it cost",
    "wom_reach": "wom_surveys of members and of people they told, and campaign_members, of a finished campaign",
    "prosumer_lead": "pos_lines that name their buyers over at least 48 months, and posts or reviews of buyers",
    "synergy": "influencer_bursts aimed at some areas of a campaign by area or store, with neither and with each alone "
    "beside it, and pos_lines of stores; for promotions discount_minor in pos_lines",
    "brand_effect": "brand_surveys of people who took part and of people to compare with, after a campaign",
    "posts_sell": "posts or codes of members (social_posts, campaign_events), or wom_surveys on purchases after posts",
    "trust_sensitivity": "contacts of a campaign: wom_surveys, or social_post_metrics with reach",
    "reach": "campaigns, and social_posts with their hashtags, codes or tasks; followers_count (social_profiles), and "
    "for overlaps follower lists (social_edges)",
    "reach_curve": "what reach needs, and how many people could be reached at all ([reach] population, or stores with "
    "area_population)",
    "engagement": "social_posts with figures (social_post_metrics) and followers_count (social_profiles)",
    "design_quality": "campaign_members with people who took part and people to compare with, and their sales before",
    "moments": "social_posts or reviews with texts in a language that a model reads",
    "moments_by_month": "social_posts or reviews with texts in a language that a model reads, and their dates",
    "store_alerts": "a jump: bad moments of a store or product whose sales or page views are known (pos_lines, "
    "product_page_daily)",
    "ugc_kinds": "social_posts or reviews",
    "text_check": "reviews with stars and a text, or labels that people gave (ugc_labels)",
    "model_quality": "what uplift_scores or ambassador_scores need",
    "score_results": "uplift_scores of this or an earlier day",
    "data_quality": "at least one landed load",
}

# Notes as this module writes them, for readers of another language.
SAID = (
    as_note("needs %(needs)s"),
    as_note("needs %(needs)s (%(reason)s)"),
    as_note("left out: known minor"),
    as_note("left out: scoring consent withdrawn"),
    as_note("left out: no basis: scoring consent never given"),
    as_note("scores not exported: %(model)s"),
    as_note("trained on data up to %(day)s"),
    as_note("%(moved)s of %(all)s moved since %(day)s, most: %(most)s"),
    as_note("%(tier)s has %(count)s"),
    as_note("with both"),
    as_note("with neither"),
)

_MODEL_OF = {"ambassador_scores": "ambassador", "uplift_scores": "uplift"}
_COUNTS = {
    "rows_read": "rows read",
    "rows_accepted": "rows accepted",
    "rows_quarantined": "rows refused",
    "rows_duplicate": "rows seen before",
    "conflicting_duplicates": "seen before with other values",
    "rows_removed": "rows the source no longer has",
}
# Half a year of new outcomes did not bring a better model: somebody should look.
OLD_AFTER_DAYS = 180
MOVED_FROM, LARGE_FROM = 0.1, 0.25
_WORRYING = {"rows_quarantined", "conflicting_duplicates"}


def _row(area: str, item: str, status: str, **cells: Any) -> dict[str, Any]:
    blank: dict[str, Any] = dict.fromkeys(("source", "stream", "value", "value_unit", "date_on", "detail"))
    return blank | {"area": area, "item": item, "status": status} | cells


def _stream_rows(loads: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Rows and freshness of each source's stream, summed over its loads."""
    totals = loads.group_by("source", "stream").agg(
        *(pl.col(name).sum() for name in _COUNTS), pl.col("last_occurred_on").max()
    )
    for load in totals.iter_rows(named=True):
        place = {"source": load["source"], "stream": load["stream"]}
        for name, item in _COUNTS.items():
            status = "attention" if name in _WORRYING and load[name] else "ok"
            yield _row("rows", item, status, value=load[name], value_unit="rows", **place)
        last: date | None = load["last_occurred_on"]
        detail = None if last else "rows carry no date"
        yield _row("freshness", "last day seen", "ok" if last else "missing", date_on=last, detail=detail, **place)


def _coverage_rows(frames: Mapping[str, pl.DataFrame]) -> Iterator[dict[str, Any]]:
    """Share of rows that have each metric; no rows at all is no share, not 0."""
    for mart, (label, metrics) in COVERAGE.items():
        frame = take(frames, mart)
        for metric in metrics:
            if frame.is_empty():
                yield _row("coverage", metric, "missing", stream=label, detail="no rows")
                continue
            share = frame.get_column(metric).count() / len(frame)
            status = "ok" if share == 1 else "attention" if share else "missing"
            detail = None if share else "never reported"
            yield _row("coverage", metric, status, stream=label, value=share, value_unit="share", detail=detail)


def _run_rows(context: ExportContext) -> Iterator[dict[str, Any]]:
    """Stale sources, gates and models of the run."""
    for source, day in context.stale_since.items():
        detail = "the source failed; its last good load stands in"
        yield _row("freshness", "stale since", "attention", source=source, date_on=day, detail=detail)
    for gate in context.gates:
        yield _row(
            "gate",
            gate.name,
            "ok" if gate.passed else "failed",
            value=gate.expectations_count,
            value_unit="checks",
            detail=gate.message or None,
        )
    for model in context.models:
        status = {"promoted": "ok", "refused": "attention", "absent": "missing"}[model.status]
        yield _row("model", model.name, status, date_on=model.model_as_of, detail=f"{model.status}: {model.reason}")


def _change_rows(drift: pl.DataFrame, context: ExportContext) -> Iterator[dict[str, Any]]:
    """Age of each model in use, and how far people and scores have moved since it was trained.

    Bounds of Siddiqi (2006): a population stability index below .1 is steady, from .25 large.
    """
    for model in context.models:
        if model.status != "promoted" or model.model_as_of is None:
            continue
        age = (context.as_of - model.model_as_of).days
        old = age > OLD_AFTER_DAYS
        detail = f"{'old' if old else 'recent'}: trained on data up to {model.model_as_of}"
        status = "attention" if old else "ok"
        yield _row("change", f"{model.name}: age", status, value=age, value_unit="days", detail=detail)
        for subject in ("people", "scores"):
            own = drift.filter(pl.col("model") == model.name, pl.col("subject") == subject).drop_nulls("psi")
            if own.is_empty():
                detail = "unknown: nothing to compare with yet"
                yield _row("change", f"{model.name}: {subject}", "ok", value_unit="stability index", detail=detail)
                continue
            worst = own.sort("psi", "name", descending=[True, False]).row(0, named=True)
            moved = own.filter(pl.col("psi") >= MOVED_FROM).height
            size = "large" if worst["psi"] >= LARGE_FROM else "small" if worst["psi"] >= MOVED_FROM else "steady"
            most = BY_NAME[worst["name"]].meaning if worst["name"] in BY_NAME else worst["name"]
            detail = f"{size}: {moved} of {own.height} moved since {model.model_as_of}, most: {most}"
            status = "attention" if size == "large" else "ok"
            value = {"value": worst["psi"], "value_unit": "stability index"}
            yield _row("change", f"{model.name}: {subject}", status, detail=detail, **value)


def _output_rows(exports: Mapping[str, pl.DataFrame], context: ExportContext) -> Iterator[dict[str, Any]]:
    """Each output with its rows; an empty one with the reason of its model, or what it needs."""
    for name in OUTPUTS:
        if name == DATA_QUALITY.name:
            continue
        rows = len(exports[name])
        failed = [model for model in context.models if model.status != "promoted"]
        reasons = [model.reason for model in failed if model.name.startswith(_MODEL_OF.get(name, "no model"))]
        needs = f"needs {NEEDS[name]}" + (f" ({'; '.join(reasons)})" if reasons else "")
        status = "ok" if rows else "missing"
        yield _row("output", name, status, value=rows, value_unit="rows", detail=None if rows else needs)


def data_quality(
    frames: Mapping[str, pl.DataFrame],
    exports: Mapping[str, pl.DataFrame],
    left_out: Mapping[str, int],
    withheld: Mapping[str, int],
    context: ExportContext,
) -> pl.DataFrame:
    """The export. `exports` are the other outputs; `left_out` and `withheld` count people and scores not exported."""
    people = [
        *(_row("people", f"left out: {why}", "attention", value=n, value_unit="people") for why, n in left_out.items()),
        *(
            _row("people", f"scores not exported: {name}", "attention" if n else "ok", value=n, value_unit="rows")
            for name, n in withheld.items()
        ),
        _row("people", "people listed", "ok", value=len(exports["ambassador_candidates"]), value_unit="people"),
    ]
    rows = [
        *_stream_rows(take(frames, "loads")),
        *_coverage_rows(frames),
        *_run_rows(context),
        *_change_rows(take(frames, "drift"), context),
        *_output_rows(exports, context),
        *people,
    ]
    schema = {name: kind for name, kind in DATA_QUALITY.polars_schema().items() if name not in ("as_of", "basis")}
    table = pl.DataFrame(rows, schema=schema, strict=False)
    return DATA_QUALITY.conform(table.with_columns(as_of=pl.lit(context.as_of), basis=pl.lit(context.bases())))
