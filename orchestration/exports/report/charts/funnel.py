"""The way of a campaign's members, from the campaign_results and posts_sell exports: invited to published, and who
bought on their word.

Belongs here: what of the two exports is drawn. Does not: counts (orchestration/exports/campaigns.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from orchestration.exports.language import Language, mark
from orchestration.exports.report.charts import theme
from orchestration.exports.report.charts.figure import Figure, Key, Missing

STEPS = {
    "invited_count": mark("Invited"),
    "accepted_count": mark("Accepted"),
    "delivered_count": mark("Delivered"),
    "published_count": mark("Published"),
}
_NO_STEPS = mark(
    "No member’s steps are known. Needed: campaign_members with the dates of invitation, acceptance and delivery."
)
_SHADES = (theme.FIRST_PALEST, theme.FIRST_PALE, theme.FIRST, theme.INK)
_BY_CODE = "came by code or link"
Row = dict[str, Any]


def _campaigns(results: pl.DataFrame) -> pl.DataFrame:
    """One row a campaign, by first day: its outcomes share the counts."""
    first = results.unique("campaign_id", keep="first", maintain_order=True)
    return first.sort("starts_on", "campaign_id", nulls_last=True)


def funnel(exports: Mapping[str, pl.DataFrame], campaign_id: str, language: Language) -> Figure | Missing:
    """One campaign's steps, one bar each; buyers by code or link are other people and stand apart."""
    title = language.say("From invitation to sale")
    own = _campaigns(exports["campaign_results"].filter(pl.col("campaign_id") == campaign_id))
    row = own.row(0, named=True)
    counts = {word: row[column] for column, word in STEPS.items() if row[column] is not None}
    if not counts:
        return Missing(title, language.say(_NO_STEPS))
    bought, most = _bought(exports["posts_sell"], campaign_id), max(counts.values())
    bars: list[Row] = [
        {
            "step": language.say(word),
            "count": count,
            "label": f"{language.number(count)}  ({language.share(count / most)})" if most else language.number(count),
            "kind": "member",
        }
        for word, count in counts.items()
    ]
    if bought is not None:
        word = language.say("Bought on their word")
        bars.append({"step": word, "count": bought, "label": language.number(bought), "kind": "other"})
    told = "; ".join(f"{bar['step']}: {bar['label']}" for bar in bars)
    unknown = language.say("Sales on their word are not known. Needed: conversions by codes or links.")
    others = language.say("other people, with a member’s code or link")
    return Figure(
        title=title,
        axis=language.say("people, by the step they reached"),
        description=told,
        spec=theme.finished(_bars(bars), height=theme.ROW * len(bars) + 8),
        export="campaign_results",
        rows=theme.shown(own, "campaign_id", *STEPS),
        keys=() if bought is None else (Key(language.say("members"), "one"), Key(others, "two")),
        note=unknown if bought is None else "",
    )


def _bought(sells: pl.DataFrame, campaign_id: str) -> int | None:
    own = sells.filter(
        (pl.col("campaign_id") == campaign_id) & (pl.col("measure") == _BY_CODE) & (pl.col("status") == "measured")
    )
    return None if own.is_empty() else own["buyers_count"][0]


def _bars(bars: list[Row]) -> alt.LayerChart | alt.FacetChart:
    # The longest bar leaves room for its own label.
    reach = 1.4 * max(1, *(bar["count"] for bar in bars))
    base: alt.Chart = alt.Chart(theme.data(bars)).encode(
        y=alt.Y("step:N", sort=None, axis=theme.quiet_axis(labelLimit=180)),
        x=alt.X("count:Q", axis=None, scale=alt.Scale(domain=[0, reach])),
    )
    shade = theme.shades("kind", {"member": theme.FIRST, "other": theme.SECOND})
    labels = base.mark_text(align="left", dx=8).encode(text="label:N")
    return alt.layer(base.mark_bar(height=20, cornerRadiusEnd=3).encode(color=shade), labels)


def all_funnels(exports: Mapping[str, pl.DataFrame], language: Language) -> Figure | Missing:
    """Every campaign's steps, nested in one bar each, so that campaigns can be compared."""
    title = language.say("From invitation to publication")
    known = _campaigns(exports["campaign_results"]).filter(pl.any_horizontal(pl.col(*STEPS).is_not_null()))
    if known.is_empty():
        return Missing(title, language.say(_NO_STEPS))
    dicts = known.to_dicts()
    rows = [row | {"name": name} for row, name in zip(dicts, theme.names(dicts, language), strict=True)]
    bars = [
        {"campaign": row["name"], "step": column, "count": row[column]}
        for row in rows
        for column in STEPS
        if row[column] is not None
    ]
    told = "; ".join(
        f"{row['name']}: "
        + ", ".join(
            f"{language.say(word)} {language.number(row[column])}"
            for column, word in STEPS.items()
            if row[column] is not None
        )
        for row in rows
    )
    base = alt.Chart(theme.data(bars)).encode(
        y=alt.Y("campaign:N", sort=None, axis=theme.quiet_axis(labelLimit=170)),
        x=alt.X("count:Q", axis=theme.number_axis(format=",d"), stack=None),
        color=theme.shades("step", dict(zip(STEPS, _SHADES, strict=True))),
    )
    layers = [
        base.mark_bar(height=22 - 4 * place, cornerRadiusEnd=2).transform_filter(alt.datum.step == column)
        for place, column in enumerate(STEPS)
    ]
    return Figure(
        title=title,
        axis=language.say("people, by the step they reached"),
        description=told,
        spec=theme.finished(alt.layer(*layers), height=theme.ROW * len(rows) + 30),
        export="campaign_results",
        rows=theme.shown(known, "campaign_id", *STEPS),
        keys=tuple(Key(language.say(word), f"step-{place}") for place, word in enumerate(STEPS.values(), start=1)),
    )
