"""The report's blocks about what people say, from the exports moments, store_alerts, ugc_kinds and text_check.

Belongs here: choosing rows and writing figures out. Does not: figures of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.contract_groups import SMALLEST_GROUP
from orchestration.exports.contract_texts import (
    EVER,
    MOMENT_WORDS,
    NOT_READ,
    NOTHING_TOLD,
    REASONS_GIVEN,
    RECENT,
    SENTIMENT_GIVEN,
    STARS_GIVEN,
    UNSURE,
)
from orchestration.exports.language import ENGLISH, Language, mark
from orchestration.exports.report.view_texts import (
    CheckCell,
    CheckRow,
    CheckTable,
    Feelings,
    KindRow,
    MomentRow,
    TextsBlock,
)
from orchestration.exports.retelling import label

Row = Mapping[str, Any]
_FEELINGS = ("negative", "neutral", "positive", UNSURE)
_TOLD_ORDER = (*MOMENT_WORDS.values(), *_FEELINGS, NOTHING_TOLD, NOT_READ)
_ALERTS_SHOWN = 8
_TITLES = {
    REASONS_GIVEN: mark("Moments read, against the reasons given"),
    SENTIMENT_GIVEN: mark("Feeling read, against the feeling given"),
    STARS_GIVEN: mark("Feeling read, against the stars given"),
}
_NOTES = {
    REASONS_GIVEN: mark("A text may tell of several moments, so a row adds up to more than its pieces."),
    SENTIMENT_GIVEN: mark("Unsure: no feeling is more likely than not."),
    STARS_GIVEN: mark(
        "Up to two stars of five stand for negative, three for neutral, four and more for positive. Unsure: no feeling "
        "is more likely than not."
    ),
}


def texts_block(exports: Mapping[str, pl.DataFrame], language: Language = ENGLISH) -> TextsBlock:
    """Everything the page shows of texts."""
    brand = exports["moments"].filter(pl.col("subject_kind") == "brand")
    recent = {row["moment"]: row for row in brand.filter(pl.col("period") == RECENT).iter_rows(named=True)}
    ever = brand.filter((pl.col("period") == EVER) & (pl.col("pieces_count") > 0))
    ordered = ever.sort("pieces_count", "moment", descending=[True, False])
    return TextsBlock(
        alerts=tuple(exports["store_alerts"]["headline"].head(_ALERTS_SHOWN)),
        moments=tuple(_moment(row, recent.get(row["moment"], {}), language) for row in ordered.iter_rows(named=True)),
        kinds=tuple(
            _kind(row, language)
            for row in exports["ugc_kinds"].sort("place", "pieces_count", "kind", descending=[False, True, False])
            .filter(pl.col("pieces_count") > 0)
            .iter_rows(named=True)
        ),
        checks=check_tables(exports["text_check"], language),
    )  # fmt: skip


def _moment(row: Row, recent: Row, language: Language) -> MomentRow:
    """A moment of all time with what its last 90 days add; none in them is a true 0."""
    pieces = row["pieces_count"]
    bad, good = row["negative_count"], row["positive_count"]
    return MomentRow(
        moment=label(row["moment"], language),
        pieces=language.number(pieces),
        feelings=None if bad is None or good is None else _feelings(bad / pieces, good / pieces, language),
        unsure=_count(row["unsure_count"], language),
        recent=_count(recent.get("pieces_count", 0), language),
        before=_count(recent["before_count"], language) if recent else language.not_reported,
        per_sales=_rate(recent, "per_1000_transactions", language),
        per_views=_rate(recent, "per_1000_views", language),
    )


def _count(count: int | None, language: Language) -> str:
    """A count of pieces; one of 1 to 9 is not shown, and stands for itself."""
    return f"< {SMALLEST_GROUP}" if count is None else language.number(count)


def _rate(row: Row, name: str, language: Language) -> str:
    if row.get(name) is None:
        return language.not_reported
    low, high = (language.short(row[f"{name}_{end}"]) for end in ("low", "high"))
    return f"{language.short(row[name])} ({language.range(low, high)})"


def _feelings(negative: float, positive: float, language: Language) -> Feelings:
    words = language.say(
        "%(negative)s negative, %(positive)s positive",
        negative=language.share(negative),
        positive=language.share(positive),
    )
    return Feelings(round(100 * negative, 2), round(100 * positive, 2), words)


def _kind(row: Row, language: Language) -> KindRow:
    is_read = row["negative_share"] is not None
    return KindRow(
        place=row["place"],
        kind=label(row["kind"], language),
        pieces=language.number(row["pieces_count"]),
        recent=_count(row["last_90_days_count"], language),
        unpaid=_count(row["unpaid_count"], language),
        undisclosed=_count(row["undisclosed_count"], language),
        read=language.share(row["read_share"]),
        feelings=_feelings(row["negative_share"], row["positive_share"], language) if is_read else None,
    )


def check_tables(checks: pl.DataFrame, language: Language = ENGLISH) -> tuple[CheckTable, ...]:
    """One table a comparison and source: labels given down, what was read across."""
    parts = checks.sort("comparison", "source").partition_by("comparison", "source", maintain_order=True)
    return tuple(_check_table(part, language) for part in parts)


def _check_table(part: pl.DataFrame, language: Language) -> CheckTable:
    comparison, source = part.row(0, named=True)["comparison"], part.row(0, named=True)["source"]
    # What should be read stands first: its cells are the ones to look at.
    present, wanted = set(part["told"]), set(part["expected"].drop_nulls())
    told = tuple(sorted(present, key=lambda name: (name not in wanted, _TOLD_ORDER.index(name))))
    by_size = comparison == REASONS_GIVEN
    labels = part.unique("given").sort(
        ["given_count", "given"] if by_size else ["given"], descending=[True, False] if by_size else [False]
    )
    rows = []
    for given in labels.iter_rows(named=True):
        cells = {row["told"]: row for row in part.filter(pl.col("given") == given["given"]).iter_rows(named=True)}
        right = cells.get(given["expected"])
        hit = right["share"] if right else 0.0
        rows.append(
            CheckRow(
                given=_given(given["given"], language),
                expected=label(given["expected"], language),
                total=language.number(given["given_count"]),
                right=language.share(hit) if given["expected"] else "",
                cells=tuple(_cell(cells.get(name), name == given["expected"], language) for name in told),
            )
        )
    title = language.say("%(comparison)s: %(source)s", comparison=label(_TITLES[comparison], language), source=source)
    words = tuple(label(name, language) for name in told)
    return CheckTable(title, label(_NOTES[comparison], language), words, tuple(rows))


def _given(text: str, language: Language) -> str:
    """A label as it was given: a reason or feeling in words, stars as "4 of 5"."""
    part, of, whole = text.partition(" of ")
    return language.say("%(part)s of %(all)s", part=part, all=whole) if of else label(text, language)


def _cell(row: Row | None, is_right: bool, language: Language) -> CheckCell:
    if row is None:
        return CheckCell("0", "", is_right, 0)
    return CheckCell(
        language.number(row["pieces_count"]), language.share(row["share"]), is_right, round(100 * row["share"])
    )
