"""Talk together with other efforts, from the synergy export; how far talk went, from wom_reach.

Belongs here: what of the exports is drawn. Does not: figures and sentences (orchestration/exports/synergy.py,
wom_reach.py).
"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from orchestration.exports.language import Language, mark
from orchestration.exports.report.charts import theme
from orchestration.exports.report.charts.figure import Figure, Key, Missing
from orchestration.exports.retelling import label

Row = dict[str, Any]
_PARTS = {
    "members_alone": (mark("members alone"), theme.FIRST, "one"),
    "partner_alone": (mark("the other effort alone"), theme.SECOND, "two"),
    "on_top": (mark("on top, together"), theme.INK, "ink"),
}


def synergy(table: pl.DataFrame, language: Language, campaign_id: str | None = None) -> Figure | Missing:
    """What members and another effort do alone, and what comes on top where both are: with ranges."""
    title = language.say("Members with other efforts")
    measured = table.filter(pl.col("on_top").is_not_null() & pl.col("members_alone").is_not_null())
    if campaign_id is None:  # orders apart stand on the campaigns' own pages
        measured = measured.filter(pl.col("order") == "any order")
    else:
        measured = measured.filter(pl.col("campaign_id") == campaign_id)
    if measured.is_empty():
        reason = language.say(
            "Whether campaigns and other efforts help each other is not known. Needed: stores or areas with both, one "
            "and neither, or visitors known to be new."
        )
        return Missing(title, reason)
    dicts = measured.to_dicts()
    names = theme.names(dicts, language)
    rows = [
        row | {"name": _name(row, name if campaign_id is None else "", language)}
        for row, name in zip(dicts, names, strict=True)
    ]
    points = [
        {"name": row["name"], "part": part}
        | {"value": 100 * row[part], "low": 100 * row[f"{part}_low"], "high": 100 * row[f"{part}_high"]}
        for row in rows
        for part in _PARTS
        if row[part] is not None
    ]
    base = alt.Chart(theme.data(points)).encode(
        y=alt.Y("name:N", sort=None, axis=theme.quiet_axis(labelLimit=200, **theme.TWO_LINES)),
        yOffset=alt.YOffset("part:N", sort=list(_PARTS), scale=alt.Scale(paddingOuter=0.7)),
        color=theme.shades("part", {part: colour for part, (_, colour, _) in _PARTS.items()}),
    )
    layers = alt.layer(
        theme.line_at(0),
        base.mark_rule(strokeWidth=2.5, strokeCap="round").encode(
            x=alt.X("low:Q", axis=theme.number_axis()), x2="high:Q"
        ),
        base.mark_circle(size=80, opacity=1).encode(x="value:Q"),
    )
    told = [
        f"{row['name'].replace(theme.BREAK, ', ')}: "
        + ", ".join(
            f"{language.say(word)} {language.share(row[part], 1, signed=True)}"
            for part, (word, _, _) in _PARTS.items()
            if row[part] is not None
        )
        for row in rows
    ]
    return Figure(
        title=title,
        axis=language.say("%% more or less than with neither"),
        description="; ".join(told),
        spec=theme.finished(layers, height=64 * len(rows) + 30),
        export="synergy",
        rows=theme.shown(
            measured,
            "campaign_id",
            "partner",
            "counted",
            "order",
            *(f"{part}{end}" for part in _PARTS for end in ("", "_low", "_high")),
        ),
        keys=tuple(Key(language.say(word), style, "dot") for word, _, style in _PARTS.values()),
    )


def _name(row: Row, campaign: str, language: Language) -> str:
    partner, counted = label(row["partner"], language), label(row["counted"], language)
    order = "" if row["order"] == "any order" else f", {label(row['order'], language)}"
    return f"{campaign}{theme.BREAK}+ {partner}: {counted}" if campaign else f"+ {partner}{theme.BREAK}{counted}{order}"


def generations(table: pl.DataFrame, language: Language, campaign_id: str) -> Figure | Missing:
    """How many people heard of a campaign by talk: from members, then from those who told again."""
    title = language.say("How far talk went")
    own = table.filter((pl.col("campaign_id") == campaign_id) & pl.col("people").is_not_null()).sort("step_no")
    if own.is_empty():
        reason = language.say("How far talk went is not known. Needed: survey_answers on whom members told.")
        return Missing(title, reason)
    rows = own.to_dicts()
    points = [
        {"step": label(row["step"], language), "people": row["people"], "low": row["people_low"],
         "high": row["people_high"], "kind": "all" if row["step_no"] == 0 else "part"}
        for row in rows
    ]  # fmt: skip
    base = alt.Chart(theme.data(points)).encode(y=alt.Y("step:N", sort=None, axis=theme.quiet_axis(labelLimit=200)))
    shade = theme.shades("kind", {"all": theme.FIRST, "part": theme.FIRST_PALE})
    layers = alt.layer(
        base.mark_bar(height=16, cornerRadiusEnd=3).encode(
            x=alt.X("people:Q", axis=theme.number_axis(format="~s")), color=shade
        ),
        base.mark_rule(color=theme.INK, strokeWidth=1.5).encode(x="low:Q", x2="high:Q"),
    )
    return Figure(
        title=title,
        axis=language.say("people told, with ranges, by how the word came to them"),
        description="; ".join(f"{point['step']}: {language.number(point['people'])}" for point in points),
        spec=theme.finished(layers, height=theme.ROW * len(points) + 30),
        export="wom_reach",
        rows=theme.shown(own, "campaign_id", "step_no", "people", "people_low", "people_high"),
        keys=(
            Key(language.say("everybody who was told"), "one"),
            Key(language.say("of these"), "reach-2"),
            Key(language.say("range"), "ink", "line"),
        ),
    )
