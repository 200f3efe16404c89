"""review_effect: what reviews on a page do to its orders, in plain words.

Belongs here: rows and sentences. Does not: measuring (ml/measurement/review_effect).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_reviews import (
    DOSE_WORDS,
    FIFTY,
    JUMP,
    LIKELY_HIGH,
    METHOD_WORDS,
    OUTCOME_WORDS,
    PUBLISHED,
    REVIEW_EFFECT,
    SEEDED,
    TEN_MORE,
    WRITTEN,
)
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.inputs import take

HISTORY, PRODUCTS, PEOPLE = "page_history", "drawn_products", "drawn_people"
Row = dict[str, Any]


def review_effect(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export: every result, its curve and jumps, and what others published."""
    names = dict(take(frames, "dim_campaigns").select("campaign_id", "name").iter_rows())
    effects = take(frames, "review_effect").to_dicts()
    curves = take(frames, "review_effect_curve").filter(kind="ten_more").partition_by("result_id", as_dict=True)
    steps = take(frames, "review_effect_steps").partition_by("result_id", as_dict=True)
    rows: list[Row] = []
    for effect in effects:
        own = _shared(effect, names)
        rows += _main_rows(effect, own)
        key = (effect["result_id"],)
        rows += [_curve_row(point, own) for point in (curves[key].to_dicts() if key in curves else [])]
        rows += [_step_row(step, own) for step in (steps[key].to_dicts() if key in steps else [])]
    rows += [_published_row(row) for row in take(frames, "review_effect_references").to_dicts()]
    columns = [column.name for column in REVIEW_EFFECT.columns]
    schema = REVIEW_EFFECT.polars_schema()
    table = pl.DataFrame([dict.fromkeys(columns) | row for row in rows], schema=schema)
    return REVIEW_EFFECT.conform(table.with_columns(as_of=pl.lit(context.as_of), basis=pl.lit(context.bases())))


def pointing_to_pages(effects: pl.DataFrame, reviews: pl.DataFrame) -> pl.DataFrame:
    """campaign_effects in which a campaign on products says where its result stands, or why it has none."""
    own = reviews.filter((pl.col("method") == PRODUCTS) & pl.col("campaign_id").is_not_null())
    words = own.select(
        "campaign_id",
        page_note=pl.when(pl.col("status") == "measured")
        .then(pl.lit("chance drew products, not people: its effect on their pages stands in review_effect"))
        .otherwise(pl.format("on its product pages: {}", "note")),
    )
    joined = effects.join(words, on="campaign_id", how="left", maintain_order="left")
    is_of_pages = (pl.col("unit") == "product") & pl.col("page_note").is_not_null()
    return joined.with_columns(note=pl.when(is_of_pages).then("page_note").otherwise("note")).drop("page_note")


def _shared(effect: Row, names: Mapping[str, str | None]) -> Row:
    """What every row of a result says."""
    is_measured = effect["status"] == "measured"
    low, high = effect["placebo_low"], effect["placebo_high"]
    check = None if low is None else "passed" if low <= 0 <= high else "failed"
    return {
        "told_by": METHOD_WORDS[effect["method"]],
        "reviews_known": DOSE_WORDS.get(effect["dose"]),
        "campaign_id": effect["campaign_id"],
        "campaign_name": names.get(effect["campaign_id"]),
        "counted": OUTCOME_WORDS.get(effect["outcome"]),
        "unit": "ratio" if is_measured else None,
        "interval_level": effect["interval_level"] if is_measured else None,
        "design": effect["design"],
        "caution": LIKELY_HIGH if effect["method"] == HISTORY and is_measured else None,
        "pages_count": effect["pages_count"],
        "products_count": effect["products_count"],
        "treated_count": effect["treated_count"],
        "compared_count": effect["control_count"],
        "weeks_count": effect["weeks_count"],
        "orders_count": effect["orders_count"],
        "check_extra": effect["placebo_effect"],
        "check_low": low,
        "check_high": high,
        "check": check,
        "note": effect["note"],
    }


def _main_rows(effect: Row, own: Row) -> list[Row]:
    """50 reviews against none, and of draws what the campaign's pages and reviews gained; or one row that says why."""
    subject = _subject(own)
    if effect["status"] != "measured":
        kind = WRITTEN if effect["method"] == PEOPLE else FIFTY
        words = f"{subject}: not measured: {effect['note']}."
        return [own | {"kind": kind, "verdict": "not measured", "in_words": words}]
    rows = []
    if effect["method"] != PEOPLE:
        figures = _figures(effect, "effect_at_50", "effect_low", "effect_high")
        what = f"{subject}: {own['counted']} of a page with 50 reviews against one with none"
        row = own | figures | {"kind": FIFTY, "reviews_from": 0, "reviews_to": 50}
        rows.append(row | {"in_words": _told(what, row), "verdict": _verdict(figures)})
    if effect["gain"] is not None:
        figures = _figures(effect, "gain", "gain_low", "gain_high")
        row = own | figures | {"kind": SEEDED}
        what = f"{subject}: {own['counted']} of the seeded pages against the others"
        rows.append(row | {"in_words": _told(what, row), "verdict": _verdict(figures)})
    if effect["reviews_gained"] is not None:
        figures = _figures(effect, "reviews_gained", "reviews_gained_low", "reviews_gained_high")
        counted = OUTCOME_WORDS["reviews_per_100_members" if effect["method"] == PEOPLE else "reviews_per_product"]
        row = own | figures | {"kind": WRITTEN, "counted": counted, "unit": "reviews"}
        row |= dict.fromkeys(("check_extra", "check_low", "check_high", "check"))
        span = " to ".join(ENGLISH.number(row[end], 1, signed=True) for end in ("extra_low", "extra_high"))
        words = f"{subject}: {ENGLISH.number(row['extra'], 1, signed=True)} {counted} ({_level(row)} range {span})."
        rows.append(row | {"in_words": words, "verdict": _verdict(figures)})
    return rows


def _curve_row(point: Row, own: Row) -> Row:
    figures = _figures(point, "effect", "effect_low", "effect_high")
    row = own | figures | {"kind": TEN_MORE, "reviews_from": point["reviews_from"], "reviews_to": point["reviews_to"]}
    what = f"{_subject(own)}: {own['counted']} from {point['reviews_from']} to {point['reviews_to']} reviews"
    return row | {"in_words": _told(what, row), "verdict": _verdict(figures)}


def _step_row(step: Row, own: Row) -> Row:
    at = step["reviews_at"]
    row = own | {"kind": JUMP, "reviews_from": at - 1, "reviews_to": at, "products_count": step["products_count"]}
    row |= dict.fromkeys(("check_extra", "check_low", "check_high", "check"))
    if step["status"] != "measured":
        words = f"{_subject(own)}: a jump at {at} reviews cannot be told: {step['note']}."
        missing: Row = {"unit": None, "interval_level": None, "caution": None, "note": step["note"]}
        return row | missing | {"verdict": "not measured", "in_words": words}
    figures = _figures(step, "effect", "effect_low", "effect_high")
    found = "a jump of" if step["is_step"] else "no jump found beyond the smooth curve:"
    words = (
        f"{_subject(own)}: at {at} reviews {found} {_percent(figures['extra'])} ({_level(own)} range {_span(figures)})."
    )
    verdict = "jump" if step["is_step"] else "no jump found"
    return row | figures | {"chance": step["p_adjusted"], "verdict": verdict, "in_words": words}


def _published_row(row: Row) -> Row:
    year = row["year"] if row["year"] is not None else "year not stated"
    return {
        "told_by": METHOD_WORDS["published"],
        "kind": PUBLISHED,
        "counted": None,
        "reviews_from": row["reviews_from"],
        "reviews_to": row["reviews_to"],
        "in_words": f"{row['claim']} ({row['source']}, {year}).",
        "verdict": "not ours",
        "extra": row["effect"],
        "unit": "ratio",
        "source": row["source"],
        "source_year": row["year"],
    }


def _figures(row: Row, middle: str, low: str, high: str) -> Row:
    return {"extra": row[middle], "extra_low": row[low], "extra_high": row[high]}


def _verdict(figures: Row) -> str:
    if figures["extra"] is None:
        return "not measured"
    if figures["extra_low"] > 0:
        return "clear gain"
    return "clear loss" if figures["extra_high"] < 0 else "not clear"


def _subject(own: Row) -> str:
    if own["campaign_id"] is not None:
        return str(own["campaign_name"] or f"Campaign {own['campaign_id']}")
    if own["told_by"] == METHOD_WORDS[PRODUCTS]:
        return "All campaigns that drew products"
    return "Pages whose reviews were counted" if own["reviews_known"] == DOSE_WORDS["rebuilt"] else "All pages"


def _told(what: str, row: Row) -> str:
    """The figure with its range, as careful as its design."""
    if row["extra"] is None:
        return f"{what}: not told, no page showed both."
    text = f"{what}: {_percent(row['extra'])} ({_level(row)} range {_span(row)})"
    text += "." if row["design"] == "randomised" else "; from page histories, likely too high, no proof of cause."
    if row["check"] == "failed":
        text += (
            " The check failed: reviews seem to sell before they are there."
            if row["told_by"] == METHOD_WORDS[HISTORY]
            else " The check before the campaign failed: do not rely on this figure."
        )
    return text


def _level(row: Row) -> str:
    return ENGLISH.share(row["interval_level"])


def _span(row: Row) -> str:
    return f"{_percent(row['extra_low'])} to {_percent(row['extra_high'])}"


def _percent(ratio: float) -> str:
    return f"{ENGLISH.number(100 * ratio, 1, signed=True)} %"
