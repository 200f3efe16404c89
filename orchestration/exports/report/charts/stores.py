"""Store tests, from the exports store_lift and store_lift_weeks: each lift with its range, placebo check and smallest
lift; sales week by week beside what would have been.

Belongs here: what of the exports is drawn. Does not: verdicts and sentences (orchestration/exports/store_lift.py).
"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from orchestration.exports.language import Language
from orchestration.exports.report.charts import theme
from orchestration.exports.report.charts.figure import Figure, Key, Missing
from orchestration.exports.retelling import label

Row = dict[str, Any]
_VERDICTS = {"clear gain": "good", "clear loss": "bad", "not clear": "open"}
_LIFT = ("lift", "lift_low", "lift_high", "check_lift", "check_low", "check_high", "smallest_lift")


def lifts(table: pl.DataFrame, language: Language) -> Figure | Missing:
    """Every store test: its lift, the same comparison before the campaign, and the smallest lift it could find."""
    title = language.say("Lift of the stores")
    measured = table.filter(pl.col("lift").is_not_null()).sort("campaign_id", "counted")
    if measured.is_empty():
        reason = language.say(
            "No store test could be measured. Needed: campaign_members (unit store or area) or campaign_areas, and "
            "pos_lines of stores."
        )
        return Missing(title, reason)
    dicts = measured.to_dicts()
    rows = [
        row | {"name": f"{name}, {label(row['counted'], language)}", "tone": _tone(row)}
        for row, name in zip(dicts, theme.names(dicts, language), strict=True)
    ]
    points = [
        {"name": row["name"], "tone": row["tone"]}
        | {name: None if row[name] is None else 100 * row[name] for name in _LIFT}
        for row in rows
    ]
    names = alt.Y("name:N", sort=None, axis=theme.quiet_axis(labelLimit=190))
    base = alt.Chart(theme.data(points)).encode(y=names)
    shade = theme.shades("tone", theme.TONES)
    layers = alt.layer(
        theme.line_at(0),
        base.mark_rule(color=theme.MUTED, strokeWidth=6, yOffset=11, strokeCap="butt").encode(
            x=alt.X("check_low:Q", axis=theme.number_axis()), x2="check_high:Q"
        ),
        base.mark_tick(color=theme.QUIET, thickness=1.5, size=18).encode(x="smallest_lift:Q"),
        base.mark_rule(strokeWidth=2.5, strokeCap="round").encode(x="lift_low:Q", x2="lift_high:Q", color=shade),
        base.mark_circle(size=90, opacity=1).encode(x="lift:Q", color=shade),
    )
    told = [
        f"{row['name']}: {_percent(row['lift'], language)} "
        f"({language.range(_percent(row['lift_low'], language), _percent(row['lift_high'], language))})"
        for row in rows
    ]
    return Figure(
        title=title,
        axis=language.say("%% more or less than without the campaign"),
        description="; ".join(told),
        spec=theme.finished(layers, height=(theme.ROW + 12) * len(rows) + 30),
        export="store_lift",
        rows=theme.shown(measured, "campaign_id", "counted", *_LIFT),
        keys=(
            Key(language.say("lift, with its range"), "ink", "dot"),
            Key(language.say("the same before the campaign: should hold 0"), "mute"),
            Key(language.say("smallest lift such a test finds 8 times in 10"), "quiet-mark", "tick"),
        ),
    )


def _tone(row: Row) -> str:
    is_clear = row["verdict"] != "not clear"
    return "careful" if is_clear and row["design"] != "randomised" else _VERDICTS[row["verdict"]]


def weeks(table: pl.DataFrame, language: Language, campaign_id: str, *, with_name: bool = False) -> tuple[Figure, ...]:
    """Week by week, one chart a thing counted: seen, without the campaign, and where chance alone leads."""
    own = table.filter(pl.col("campaign_id") == campaign_id)
    parts = own.sort("counted", "period_starts_on").partition_by("counted", maintain_order=True)
    return tuple(_weeks(part, language, with_name) for part in parts)


def _weeks(part: pl.DataFrame, language: Language, with_name: bool) -> Figure:
    rows = part.to_dicts()
    names = ("seen", "without", "without_low", "without_high")
    points = [{"on": row["period_starts_on"].isoformat()} | {name: row[name] for name in names} for row in rows]
    start = next(row["period_starts_on"] for row in rows if row["is_after"]).isoformat()
    base = alt.Chart(theme.data(points)).encode(
        x=alt.X("on:T", axis=theme.number_axis(format="%-d %b", tickCount=6, grid=False))
    )
    amounts = alt.Y("without_low:Q", axis=theme.number_axis(format="~s"), scale=alt.Scale(zero=False))
    begin = alt.Chart(theme.data([{"on": start}])).mark_rule(color=theme.QUIET, strokeDash=[3, 3]).encode(x="on:T")
    layers = alt.layer(
        base.mark_area(color=theme.MUTED, opacity=0.25).encode(y=amounts, y2="without_high:Q"),
        begin,
        base.mark_line(color=theme.SECOND, strokeWidth=2, strokeDash=[6, 4]).encode(y="without:Q"),
        base.mark_line(color=theme.FIRST, strokeWidth=2.5).encode(y="seen:Q"),
        base.mark_circle(color=theme.FIRST, size=35, opacity=1).encode(y="seen:Q"),
    )
    after = [row for row in rows if row["is_after"]]
    above = sum(row["seen"] > row["without_high"] for row in after)
    counted = label(rows[0]["counted"], language)
    name = language.campaign(rows[0]["campaign_name"], rows[0]["campaign_id"])
    unit = "" if rows[0]["unit"] == "receipts" else f", {language.currency(rows[0]['unit'])}"
    return Figure(
        title=language.say("%(campaign)s: %(counted)s with and without it", campaign=name, counted=counted)
        if with_name
        else language.say("%(counted)s with and without the campaign", counted=counted[:1].upper() + counted[1:]),
        axis=language.say("all stores that took part, by week%(unit)s; the dotted line is the start", unit=unit)
        if rows[0]["period_days_count"] > 1
        else language.say("all stores that took part, by day%(unit)s; the dotted line is the start", unit=unit),
        description=language.say(
            "In %(above)s of the %(all)s periods after the start more was seen than where chance alone leads.",
            above=language.number(above),
            all=language.number(len(after)),
        ),
        spec=theme.finished(layers),
        export="store_lift_weeks",
        rows=theme.shown(part, "campaign_id", "counted", "period_starts_on", *names),
        keys=(
            Key(language.say("seen"), "one", "line"),
            Key(language.say("without the campaign, as other stores tell"), "two", "dash"),
            Key(language.say("where chance alone leads nine times in ten"), "mute"),
        ),
    )


def _percent(ratio: float, language: Language) -> str:
    return language.share(ratio, 1, signed=True)
