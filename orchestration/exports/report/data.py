"""The report's blocks about data: coverage, sources, gates, models, files. All from the data_quality export.

Belongs here: turning that export's rows into blocks. Does not: checking anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.view import CheckRow, Coverage, FileRow, SourceRow
from orchestration.exports.retelling import label, note
from orchestration.exports.words import METRIC_WORDS

Row = dict[str, Any]
_STATUS_WORDS = {"ok": "passed", "failed": "failed", "attention": "attention", "missing": "missing"}


def coverage(quality: pl.DataFrame, language: Language = ENGLISH) -> tuple[Coverage, ...]:
    """Share of rows that report each metric; no rows: "no data"; none of the rows: "not reported"."""
    rows = quality.filter(pl.col("area") == "coverage").sort("stream", "value", "item", descending=[False, True, False])
    return tuple(
        Coverage(
            subject=label(row["stream"], language),
            metric=label(METRIC_WORDS.get(row["item"], row["item"]), language),
            text=_covered(row["value"], language),
            share=None if row["value"] is None else round(100 * row["value"], 3),
        )
        for row in rows.iter_rows(named=True)
    )


def _covered(share: float | None, language: Language) -> str:
    if share is None:
        return language.say("no data")
    return language.share(share) if share else language.not_reported


def sources(quality: pl.DataFrame, context: ExportContext, language: Language = ENGLISH) -> tuple[SourceRow, ...]:
    """One row per source and stream with its counts, last day and, where a source failed, since when it is stale."""
    counts = quality.filter(pl.col("area") == "rows").sort("source", "stream")
    last = {
        (row["source"], row["stream"]): row["date_on"]
        for row in quality.filter(pl.col("item") == "last day seen").iter_rows(named=True)
    }
    rows = []
    for part in counts.partition_by("source", "stream", maintain_order=True):
        source, stream = part.row(0, named=True)["source"], part.row(0, named=True)["stream"]
        value = {row["item"]: language.number(row["value"]) for row in part.iter_rows(named=True)}
        day = last.get((source, stream))
        stale = context.stale_since.get(source)
        rows.append(
            SourceRow(
                source=source,
                basis=label(context.source_basis.get(source), language) or language.not_reported,
                stream=stream,
                read=value["rows read"],
                accepted=value["rows accepted"],
                refused=value["rows refused"],
                repeated=value["rows seen before"],
                last_day=language.day(day) if day else language.say("no dates"),
                stale=language.say("stale since %(day)s", day=language.day(stale)) if stale else "",
            )
        )
    return tuple(rows)


def checks(quality: pl.DataFrame, area: str, language: Language = ENGLISH) -> tuple[CheckRow, ...]:
    """The rows of an area (`gate`, `model`) in words."""
    rows = quality.filter(pl.col("area") == area)
    return tuple(
        _gate(row, language) if area == "gate" else _model(row, language) for row in rows.iter_rows(named=True)
    )


def _gate(row: Row, language: Language) -> CheckRow:
    words = label(_STATUS_WORDS[row["status"]], language)
    # What failed is told in the words of the suite: names of tables, columns and rules.
    detail = row["detail"] or language.say("%(count)s checks", count=language.number(row["value"]))
    return CheckRow(row["item"], row["status"], words, detail)


def _model(row: Row, language: Language) -> CheckRow:
    name, _, part = row["item"].partition(": ")
    words, _, detail = (row["detail"] or "").partition(": ")
    name = language.say("%(model)s: %(part)s", model=name, part=label(part, language)) if part else name
    return CheckRow(
        name, row["status"], label(words, language), note(detail, language) if detail else label(words, language)
    )


def files(exports: Mapping[str, pl.DataFrame], link: str, language: Language = ENGLISH) -> tuple[FileRow, ...]:
    """Every output with its rows and link, and for an empty one what it needs."""
    quality = exports["data_quality"]
    needs = {
        row["item"]: row["detail"] or "" for row in quality.filter(pl.col("area") == "output").iter_rows(named=True)
    }
    return tuple(
        FileRow(
            title=label(output.title, language),
            purpose=label(output.purpose, language),
            rows=language.say_many("%(number)s row", "%(number)s rows", len(exports[name])),
            href=f"{link}/{name}",
            missing=note(needs.get(name), language),
        )
        for name, output in OUTPUTS.items()
    )
