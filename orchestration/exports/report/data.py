"""The report's blocks about data: coverage, sources, gates, models, files. All from the data_quality export.

Belongs here: turning that export's rows into blocks. Does not: checking anything.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.formatting import ENGLISH, NOT_REPORTED
from orchestration.exports.report.view import CheckRow, Coverage, FileRow, SourceRow
from orchestration.exports.words import METRIC_WORDS

_STATUS_WORDS = {"ok": "passed", "failed": "failed", "attention": "attention", "missing": "missing"}


def coverage(quality: pl.DataFrame) -> tuple[Coverage, ...]:
    """Share of rows that report each metric; no rows: "no data"; none of the rows: "not reported"."""
    rows = quality.filter(pl.col("area") == "coverage").sort("stream", "value", "item", descending=[False, True, False])
    return tuple(
        Coverage(
            subject=row["stream"],
            metric=METRIC_WORDS.get(row["item"], row["item"]),
            text="no data" if row["value"] is None else ENGLISH.share(row["value"]) if row["value"] else NOT_REPORTED,
            share=None if row["value"] is None else round(100 * row["value"], 3),
        )
        for row in rows.iter_rows(named=True)
    )


def sources(quality: pl.DataFrame, context: ExportContext) -> tuple[SourceRow, ...]:
    """One row per source and stream with its counts, last day and, where a source failed, since when it is stale."""
    counts = quality.filter(pl.col("area") == "rows").sort("source", "stream")
    last = {
        (row["source"], row["stream"]): row["date_on"]
        for row in quality.filter(pl.col("item") == "last day seen").iter_rows(named=True)
    }
    rows = []
    for part in counts.partition_by("source", "stream", maintain_order=True):
        source, stream = part.row(0, named=True)["source"], part.row(0, named=True)["stream"]
        value = {row["item"]: ENGLISH.number(row["value"]) for row in part.iter_rows(named=True)}
        day = last.get((source, stream))
        stale = context.stale_since.get(source)
        rows.append(
            SourceRow(
                source=source,
                basis=context.source_basis.get(source, NOT_REPORTED),
                stream=stream,
                read=value["rows read"],
                accepted=value["rows accepted"],
                refused=value["rows refused"],
                repeated=value["rows seen before"],
                last_day=ENGLISH.day(day) if day else "no dates",
                stale=f"stale since {ENGLISH.day(stale)}" if stale else "",
            )
        )
    return tuple(rows)


def checks(quality: pl.DataFrame, area: str) -> tuple[CheckRow, ...]:
    """The rows of an area (`gate`, `model`) in words."""
    rows = quality.filter(pl.col("area") == area)
    return tuple(
        CheckRow(
            name=row["item"],
            status=row["status"],
            words=_STATUS_WORDS[row["status"]] if area == "gate" else (row["detail"] or "").split(":", 1)[0],
            detail=_gate_detail(row["value"], row["detail"])
            if area == "gate"
            else (row["detail"] or "").split(": ", 1)[-1],
        )
        for row in rows.iter_rows(named=True)
    )


def _gate_detail(count: float | None, message: str | None) -> str:
    return message or f"{ENGLISH.number(count)} checks"


def files(exports: Mapping[str, pl.DataFrame], link: str) -> tuple[FileRow, ...]:
    """Every output with its rows and link, and for an empty one what it needs."""
    quality = exports["data_quality"]
    needs = {
        row["item"]: row["detail"] or "" for row in quality.filter(pl.col("area") == "output").iter_rows(named=True)
    }
    return tuple(
        FileRow(
            title=output.title,
            purpose=output.purpose,
            rows=ENGLISH.number(len(exports[name])),
            href=f"{link}/{name}",
            missing=needs.get(name, ""),
        )
        for name, output in OUTPUTS.items()
    )
