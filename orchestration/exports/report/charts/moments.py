"""What people tell over time and by store, from the exports moments_by_month and moments.

Belongs here: what of the exports is drawn. Does not: counts (orchestration/exports/texts.py, moments_by_month.py).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import altair as alt
import polars as pl

from orchestration.exports.contract_texts import RECENT
from orchestration.exports.language import Language
from orchestration.exports.report.charts import theme
from orchestration.exports.report.charts.figure import Figure, Key, Missing
from orchestration.exports.retelling import label

Row = dict[str, Any]
MONTHS_SHOWN, STORES_SHOWN = 18, 12
_FEELINGS = {"negative": theme.BAD, "positive": theme.FIRST}


def over_time(table: pl.DataFrame, language: Language) -> tuple[Figure | Missing, ...]:
    """Good and bad moments a month; and each kind's share of the talk, month by month."""
    title = language.say("Good and bad moments by month")
    whole = table.filter("is_whole")
    months = whole["month_starts_on"].unique().sort().tail(MONTHS_SHOWN)
    shown = whole.filter(pl.col("month_starts_on").is_in(months.implode())).sort("month_starts_on", "moment")
    if len(months) < 2:
        reason = language.say(
            "Two whole months of moments are needed. Needed: posts or reviews with texts and dates, in a language that "
            "a model reads."
        )
        return (Missing(title, reason),)
    return _feelings_by_month(shown, title, language), _kinds_by_month(shown, language)


def _feelings_by_month(shown: pl.DataFrame, title: str, language: Language) -> Figure:
    sums = shown.group_by("month_starts_on").agg(pl.col("positive_count", "negative_count").sum())
    rows = sums.sort("month_starts_on").to_dicts()
    points = [
        {"month": _month(row["month_starts_on"]), "feeling": feeling, "pieces": sign * row[f"{feeling}_count"]}
        for row in rows
        for feeling, sign in (("positive", 1), ("negative", -1))
    ]
    bars = alt.Chart(theme.data(points)).mark_bar(cornerRadiusEnd=2)
    chart = bars.encode(
        x=_months(points),
        y=alt.Y("pieces:Q", axis=theme.number_axis(labelExpr="format(abs(datum.value), ',d')")),
        color=theme.shades("feeling", _FEELINGS),
    )
    first, last = rows[0], rows[-1]
    told = [
        language.say(
            "%(month)s: %(good)s good, %(bad)s bad",
            month=_month(row["month_starts_on"]),
            good=language.number(row["positive_count"]),
            bad=language.number(row["negative_count"]),
        )
        for row in (first, last)
    ]
    return Figure(
        title=title,
        axis=language.say("posts and reviews that tell of one; bad ones below the line"),
        description="; ".join(told),
        spec=theme.finished(alt.layer(chart, theme.level_at(0))),
        export="moments_by_month",
        rows=theme.shown(shown, "month_starts_on", "moment", "positive_count", "negative_count"),
        keys=(Key(language.say("good"), "positive"), Key(language.say("bad"), "negative")),
    )


def _kinds_by_month(shown: pl.DataFrame, language: Language) -> Figure:
    totals = (
        shown.group_by("moment")
        .agg(pl.col("pieces_count").sum())
        .sort("pieces_count", "moment", descending=[True, False])
    )
    order = [label(moment, language) for moment in totals["moment"]]
    points = [
        {
            "month": _month(row["month_starts_on"]),
            "moment": label(row["moment"], language),
            "pieces": row["pieces_count"],
        }
        for row in shown.to_dicts()
    ]
    cells = alt.Chart(theme.data(points)).mark_rect(color=theme.FIRST, cornerRadius=2)
    chart = cells.encode(
        x=_months(points),
        y=alt.Y("moment:N", sort=order, axis=theme.quiet_axis(labelLimit=170), scale=alt.Scale(padding=0.08)),
        opacity=alt.Opacity("pieces:Q", legend=None, scale=alt.Scale(type="sqrt", range=[0.06, 1])),
    )
    most = [
        f"{label(row['moment'], language)} {language.number(row['pieces_count'])}" for row in totals.head(3).to_dicts()
    ]
    return Figure(
        title=language.say("What is told, by month"),
        axis=language.say("the darker, the more posts and reviews tell of it"),
        description=language.say("Told most often: %(moments)s.", moments=", ".join(most)),
        spec=theme.finished(chart, height=24 * len(order) + 30),
        export="moments_by_month",
        rows=theme.shown(shown, "month_starts_on", "moment", "pieces_count"),
    )  # fmt: skip


def _month(day: date) -> str:
    return f"{day.year}-{day.month:02}"


def _months(points: list[Row]) -> alt.X:
    """Months in order; every third has its label, so that they do not meet."""
    months = sorted({point["month"] for point in points})
    step = max(1, -(-len(months) // 6))
    marked = [month for place, month in enumerate(reversed(months)) if place % step == 0]
    axis = theme.number_axis(labelAngle=0, grid=False, values=sorted(marked))
    return alt.X("month:O", sort=months, axis=axis, scale=alt.Scale(paddingInner=0.25))


def by_store(table: pl.DataFrame, language: Language) -> Figure | Missing:
    """Good and bad moments of the stores most is told of, in the last 90 days."""
    title = language.say("Good and bad moments by store, last 90 days")
    own = table.filter((pl.col("subject_kind") == "store") & (pl.col("period") == RECENT))
    if own.filter(pl.col("negative_count") + pl.col("positive_count") > 0).is_empty():
        reason = language.say(
            "No moment of a store is known. Needed: reviews or posts that name their store (store_id), with texts."
        )
        return Missing(title, reason)
    sums = own.group_by("subject_id").agg(pl.col("pieces_count", "positive_count", "negative_count").sum())
    sums = sums.filter(pl.col("negative_count") + pl.col("positive_count") > 0)
    rows = sums.sort("negative_count", "pieces_count", "subject_id", descending=[True, True, False]).head(STORES_SHOWN)
    points = [
        {"store": row["subject_id"], "feeling": feeling, "pieces": sign * row[f"{feeling}_count"]}
        for row in rows.to_dicts()
        for feeling, sign in (("positive", 1), ("negative", -1))
    ]
    bars = alt.Chart(theme.data(points)).mark_bar(height=14, cornerRadiusEnd=2)
    chart = bars.encode(
        y=alt.Y("store:N", sort=None, axis=theme.quiet_axis(labelLimit=150)),
        x=alt.X("pieces:Q", axis=theme.number_axis(labelExpr="format(abs(datum.value), ',d')", tickMinStep=1)),
        color=theme.shades("feeling", _FEELINGS),
    )
    told = [
        language.say(
            "%(store)s: %(good)s good, %(bad)s bad",
            store=row["subject_id"],
            good=language.number(row["positive_count"]),
            bad=language.number(row["negative_count"]),
        )
        for row in rows.head(3).to_dicts()
    ]
    return Figure(
        title=title,
        axis=language.say("posts and reviews; bad ones to the left"),
        description="; ".join(told),
        spec=theme.finished(alt.layer(chart, theme.line_at(0)), height=26 * rows.height + 30),
        export="moments",
        rows=theme.shown(
            own.filter(pl.col("subject_id").is_in(rows["subject_id"].implode())),
            "subject_id", "moment", "pieces_count", "positive_count", "negative_count",
        ),
        keys=(Key(language.say("good"), "positive"), Key(language.say("bad"), "negative")),
    )  # fmt: skip
