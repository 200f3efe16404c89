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
from orchestration.exports.inputs import take
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.retelling import as_note, filled, label, note

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
        .then(pl.lit(as_note("chance drew products, not people: its effect on their pages stands in review_effect")))
        .otherwise(filled(as_note("on its product pages: %(why)s"), "note")),
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
    if effect["status"] != "measured":
        return [_said(own | {"kind": WRITTEN if effect["method"] == PEOPLE else FIFTY, "verdict": "not measured"})]
    rows = []
    if effect["method"] != PEOPLE:
        figures = _figures(effect, "effect_at_50", "effect_low", "effect_high")
        row = own | figures | {"kind": FIFTY, "reviews_from": 0, "reviews_to": 50}
        rows.append(_said(row | {"verdict": _verdict(figures)}))
    if effect["gain"] is not None:
        figures = _figures(effect, "gain", "gain_low", "gain_high")
        rows.append(_said(own | figures | {"kind": SEEDED, "verdict": _verdict(figures)}))
    if effect["reviews_gained"] is not None:
        figures = _figures(effect, "reviews_gained", "reviews_gained_low", "reviews_gained_high")
        counted = OUTCOME_WORDS["reviews_per_100_members" if effect["method"] == PEOPLE else "reviews_per_product"]
        row = own | figures | {"kind": WRITTEN, "counted": counted, "unit": "reviews"}
        row |= dict.fromkeys(("check_extra", "check_low", "check_high", "check"))
        rows.append(_said(row | {"verdict": _verdict(figures)}))
    return rows


def _curve_row(point: Row, own: Row) -> Row:
    figures = _figures(point, "effect", "effect_low", "effect_high")
    row = own | figures | {"kind": TEN_MORE, "reviews_from": point["reviews_from"], "reviews_to": point["reviews_to"]}
    return _said(row | {"verdict": _verdict(figures)})


def _step_row(step: Row, own: Row) -> Row:
    at = step["reviews_at"]
    row = own | {"kind": JUMP, "reviews_from": at - 1, "reviews_to": at, "products_count": step["products_count"]}
    row |= dict.fromkeys(("check_extra", "check_low", "check_high", "check"))
    if step["status"] != "measured":
        missing: Row = {"unit": None, "interval_level": None, "caution": None, "note": step["note"]}
        return _said(row | missing | {"verdict": "not measured"})
    figures = _figures(step, "effect", "effect_low", "effect_high")
    verdict = "jump" if step["is_step"] else "no jump found"
    return _said(row | figures | {"chance": step["p_adjusted"], "verdict": verdict})


def _published_row(row: Row) -> Row:
    published = {
        "told_by": METHOD_WORDS["published"],
        "kind": PUBLISHED,
        "counted": None,
        "reviews_from": row["reviews_from"],
        "reviews_to": row["reviews_to"],
        "verdict": "not ours",
        "extra": row["effect"],
        "unit": "ratio",
        "source": row["source"],
        "source_year": row["year"],
    }
    return published | {"in_words": in_words(published | {"claim": row["claim"]})}


def _figures(row: Row, middle: str, low: str, high: str) -> Row:
    return {"extra": row[middle], "extra_low": row[low], "extra_high": row[high]}


def _verdict(figures: Row) -> str:
    if figures["extra"] is None:
        return "not measured"
    if figures["extra_low"] > 0:
        return "clear gain"
    return "clear loss" if figures["extra_high"] < 0 else "not clear"


def _said(row: Row) -> Row:
    return row | {"in_words": in_words(row)}


def in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """A result as careful as its design; of a published figure the claim it stands with, and where it stands."""
    if row["kind"] == PUBLISHED:
        return _published(row, language)
    subject, kind = _subject(row, language), row["kind"]
    if row["verdict"] == "not measured" and row.get("extra") is None and row.get("reviews_from") is None:
        return language.say("%(subject)s: not measured: %(why)s.", subject=subject, why=note(row["note"], language))
    counted = label(row["counted"], language)
    if kind == JUMP:
        return _jump(subject, row, language)
    if kind == WRITTEN:
        low, extra, high = (language.number(row[f"extra{end}"], 1, signed=True) for end in ("_low", "", "_high"))
        span = language.interval(row["interval_level"], language.range(low, high))
        return language.say(
            "%(subject)s: %(extra)s %(counted)s (%(range)s).", subject=subject, extra=extra, counted=counted, range=span
        )
    if kind == FIFTY:
        what = language.say(
            "%(subject)s: %(counted)s of a page with 50 reviews against one with none", subject=subject, counted=counted
        )
    elif kind == SEEDED:
        what = language.say(
            "%(subject)s: %(counted)s of the seeded pages against the others", subject=subject, counted=counted
        )
    else:
        what = language.say(
            "%(subject)s: %(counted)s from %(low)s to %(high)s reviews",
            subject=subject,
            counted=counted,
            low=row["reviews_from"],
            high=row["reviews_to"],
        )
    return _told(what, row, language)


def _published(row: Mapping[str, Any], language: Language) -> str:
    year = row["source_year"] if row["source_year"] is not None else language.say("year not stated")
    # The claim has no column of its own: in English it is what stands before the source.
    claim = row["claim"] if "claim" in row else str(row["in_words"]).rpartition(f" ({row['source']}, ")[0]
    source = label(row["source"], language)
    return language.say("%(claim)s (%(source)s, %(year)s).", claim=label(claim, language), source=source, year=year)


def _jump(subject: str, row: Mapping[str, Any], language: Language) -> str:
    at = row["reviews_to"]
    if row["verdict"] == "not measured":
        why = note(row["note"], language)
        return language.say(
            "%(subject)s: a jump at %(at)s reviews cannot be told: %(why)s.", subject=subject, at=at, why=why
        )
    said = {"subject": subject, "at": at, "extra": _percent(row["extra"], language), "range": _interval(row, language)}
    if row["verdict"] == "jump":
        return language.say("%(subject)s: at %(at)s reviews a jump of %(extra)s (%(range)s).", **said)
    return language.say(
        "%(subject)s: at %(at)s reviews no jump found beyond the smooth curve: %(extra)s (%(range)s).", **said
    )


def _subject(row: Mapping[str, Any], language: Language) -> str:
    if row["campaign_id"] is not None:
        return language.campaign(row["campaign_name"], row["campaign_id"])
    if row["told_by"] == METHOD_WORDS[PRODUCTS]:
        return language.say("All campaigns that drew products")
    if row["reviews_known"] == DOSE_WORDS["rebuilt"]:
        return language.say("Pages whose reviews were counted")
    return language.say("All pages")


def _told(what: str, row: Mapping[str, Any], language: Language) -> str:
    """The figure with its range, as careful as its design."""
    if row["extra"] is None:
        return language.say("%(what)s: not told, no page showed both.", what=what)
    said = {"what": what, "extra": _percent(row["extra"], language), "range": _interval(row, language)}
    if row["design"] == "randomised":
        more = [language.say("%(what)s: %(extra)s (%(range)s).", **said)]
    else:
        more = [
            language.say(
                "%(what)s: %(extra)s (%(range)s); from page histories, likely too high, no proof of cause.", **said
            )
        ]
    if row["check"] == "failed":
        more.append(
            language.say("The check failed: reviews seem to sell before they are there.")
            if row["told_by"] == METHOD_WORDS[HISTORY]
            else language.say("The check before the campaign failed: do not rely on this figure.")
        )
    return " ".join(more)


def _interval(row: Mapping[str, Any], language: Language) -> str:
    low, high = (_percent(row[name], language) for name in ("extra_low", "extra_high"))
    return language.interval(row["interval_level"], language.range(low, high))


def _percent(ratio: float, language: Language) -> str:
    return language.share(ratio, 1, signed=True)
