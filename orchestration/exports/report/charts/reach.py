"""Audiences, from the exports reach, reach_curve and engagement: the pyramid of tiers, the curve of combined reach,
engagement by tier.

Belongs here: what of the exports is drawn. Does not: figures (orchestration/exports/reach.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from orchestration.exports.contract_reach import ITSELF, PLATFORM_ALL, TIER_ALL
from orchestration.exports.language import Language, mark
from orchestration.exports.report.charts import theme
from orchestration.exports.report.charts.figure import Figure, Key, Missing
from orchestration.exports.retelling import label, note

Row = dict[str, Any]
TIERS = ("macro", "micro", "nano")
TOGETHER = (10, 20, 1_000)
_FEWEST_POINTS = 3
# Of the sum of audiences as much is drawn as leaves the curve of different people half of the height.
_GROSS_DRAWN = 1.8
_KINDS = {
    "gross_reach": mark("sum of audiences"),
    "unique_reach": mark("different people"),
    "effective_unique": mark("people who saw it"),
}
_SHADES = dict(zip(_KINDS, (theme.FIRST_PALEST, theme.FIRST_PALE, theme.FIRST), strict=True))
_NEEDED = mark("Needed: social_posts with their hashtags or codes, and social_profiles with followers_count.")


def pyramid(table: pl.DataFrame, campaign_id: str, language: Language) -> Figure | Missing:
    """One campaign's reach by tier, the largest audiences on top: gross, unique and effective nested in one bar."""
    title = language.say("Reach by audience tier")
    own = table.filter((pl.col("campaign_id") == campaign_id) & (pl.col("platform") == PLATFORM_ALL))
    rows = {row["tier"]: row for row in own.iter_rows(named=True)}
    whole = rows.get(TIER_ALL)
    if whole is None or whole["gross_reach"] is None:
        reason = language.say(_NEEDED)
        if whole is not None and whole["note"]:
            reason = f"{_capital(note(whole['note'], language))}. {reason}"
        return Missing(title, reason)
    shown = [tier for tier in (*TIERS, TIER_ALL) if rows.get(tier, {}).get("gross_reach") is not None]
    names = [label(tier, language) for tier in shown]
    return _nested(title, [rows[tier] for tier in shown], names, own.filter(pl.col("tier").is_in(shown)), language)


def all_pyramids(table: pl.DataFrame, language: Language) -> Figure | Missing:
    """Every campaign's reach over all tiers."""
    title = language.say("Reach of the campaigns")
    whole = table.filter(
        (pl.col("platform") == PLATFORM_ALL) & (pl.col("tier") == TIER_ALL) & pl.col("gross_reach").is_not_null()
    ).sort("campaign_id")
    if whole.is_empty():
        return Missing(title, language.say("No campaign’s audience is known.") + " " + language.say(_NEEDED))
    rows = whole.to_dicts()
    names = theme.names(rows, language)
    return _nested(title, rows, names, whole, language)


def _nested(title: str, rows: list[Row], names: Sequence[str], shown: pl.DataFrame, language: Language) -> Figure:
    named = list(zip(names, rows, strict=True))
    bars = [
        {"name": name, "kind": column, "people": row[column]}
        for name, row in named
        for column in _KINDS
        if row[column] is not None
    ]
    ends = [{"name": name, "low": row["unique_low"], "high": row["unique_high"]} for name, row in named]
    names_axis = alt.Y("name:N", sort=None, axis=theme.quiet_axis(labelLimit=170))
    people = alt.X("people:Q", axis=theme.number_axis(format="~s"), stack=None)
    base = alt.Chart(theme.data(bars)).encode(y=names_axis, x=people, color=theme.shades("kind", _SHADES))
    layers = [
        base.mark_bar(height=24 - 8 * place, cornerRadiusEnd=2).transform_filter(alt.datum.kind == column)
        for place, column in enumerate(_KINDS)
    ]
    ranges = alt.Chart(theme.data(ends)).mark_rule(color=theme.INK, strokeWidth=1.5)
    told = [
        f"{name}: "
        + ", ".join(
            f"{language.say(word)} {language.number(row[column])}"
            for column, word in _KINDS.items()
            if row[column] is not None
        )
        for name, row in named
    ]
    return Figure(
        title=title,
        axis=language.say("people; who follows several ambassadors is one of the different people"),
        description="; ".join(told),
        spec=theme.finished(
            alt.layer(*layers, ranges.encode(y=names_axis, x="low:Q", x2="high:Q")),
            height=(theme.ROW + 4) * len(rows) + 30,
        ),
        export="reach",
        rows=theme.shown(shown, "campaign_id", "tier", *_KINDS, "unique_low", "unique_high"),
        keys=(
            *(Key(language.say(word), f"reach-{place}") for place, word in enumerate(_KINDS.values(), start=1)),
            Key(language.say("range of different people"), "ink", "line"),
        ),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def curve(table: pl.DataFrame, campaign_id: str, language: Language, *, with_name: bool = False) -> Figure | Missing:
    """Different people by number of ambassadors, with its band; the sum of audiences beside it."""
    title = language.say("Reach of ambassadors together")
    points = table.filter(pl.col("campaign_id") == campaign_id).sort("ambassadors_count")
    if with_name and not points.is_empty():
        name = language.campaign(points["campaign_name"][0], campaign_id)
        title = language.say("%(campaign)s: reach of its ambassadors together", campaign=name)
    if points.height < _FEWEST_POINTS:
        reason = language.say("Too few audiences are known to say how they overlap.")
        return Missing(title, f"{reason} {language.say(_NEEDED)}")
    rows = points.to_dicts()
    most = _GROSS_DRAWN * max(row["unique_reach"] for row in rows)
    drawn = [row | {"gross_reach": row["gross_reach"] if row["gross_reach"] <= most else None} for row in rows]
    names = ("ambassadors_count", "unique_reach", "unique_low", "unique_high", "gross_reach")
    base = alt.Chart(theme.data([{name: row[name] for name in names} for row in drawn])).encode(
        x=alt.X("ambassadors_count:Q", axis=theme.number_axis(format=",d"))
    )
    layers: list[alt.Chart] = [
        base.mark_area(color=theme.FIRST_PALEST, opacity=1).encode(
            y=alt.Y("unique_low:Q", axis=theme.number_axis(format="~s")), y2="unique_high:Q"
        ),
        base.mark_line(color=theme.SECOND, strokeWidth=2, strokeDash=[6, 4]).encode(y="gross_reach:Q"),
        base.mark_line(color=theme.FIRST, strokeWidth=2.5).encode(y="unique_reach:Q"),
    ]
    keys = [
        Key(language.say("different people, with their range"), "one", "line"),
        Key(language.say("sum of the audiences"), "two", "dash"),
    ]
    if any(row["is_beyond"] for row in rows) and not rows[0]["is_beyond"]:
        took_part = max(row["ambassadors_count"] for row in rows if not row["is_beyond"])
        layers.append(theme.line_at(took_part, [2, 3]))
        keys.append(Key(language.say("right of it: more than took part"), "quiet-mark", "dash"))
    told = {row["ambassadors_count"]: row for row in rows}
    sentences = [_together(told[number], language) for number in TOGETHER if number in told]
    return Figure(
        title=title,
        axis=language.say("different people, by number of ambassadors"),
        description=" ".join(sentences),
        spec=theme.finished(alt.layer(*layers)),
        export="reach_curve",
        rows=theme.shown(points, "campaign_id", *names),
        keys=tuple(keys),
        note=" ".join(sentences),
    )


def _together(row: Row, language: Language) -> str:
    values = {"many": language.number(row["ambassadors_count"]), "people": language.number(row["unique_reach"])}
    if row["is_beyond"]:
        return language.say(
            "%(many)s together, more than took part, would reach %(people)s different people.", **values
        )
    return language.say("%(many)s together reach %(people)s different people.", **values)


def engagement(table: pl.DataFrame, language: Language) -> tuple[Figure | Missing, ...]:
    """Each rate of engagement by tier and platform; rates by followers, reach and impressions are three things."""
    plain = table.filter(
        (pl.col("against_tier") == ITSELF)
        & pl.col("value").is_not_null()
        & pl.col("tier").is_in(TIERS)
        & pl.col("rate").str.starts_with("engagement")
    )
    if plain.is_empty():
        reason = language.say("Needed: social_posts with likes or comments, and social_profiles with followers_count.")
        return (Missing(language.say("Engagement by audience tier"), reason),)
    return tuple(_rate(part, language) for part in plain.sort("rate").partition_by("rate", maintain_order=True))


def _rate(table: pl.DataFrame, language: Language) -> Figure:
    rows = table.sort("platform", "tier").to_dicts()
    drawn = [
        {"platform": row["platform"], "tier": row["tier"]}
        | {name: None if row[name] is None else 100 * row[name] for name in ("value", "low", "high")}
        for row in rows
    ]
    shade = theme.shades("tier", dict(zip(TIERS, (theme.MUTED, theme.SECOND, theme.FIRST), strict=True)))
    base = alt.Chart(theme.data(drawn)).encode(
        y=alt.Y("platform:N", axis=theme.quiet_axis(labelLimit=140)),
        yOffset=alt.YOffset("tier:N", sort=list(TIERS), scale=alt.Scale(paddingOuter=0.6)),
        color=shade,
    )
    ranges = base.mark_rule(strokeWidth=2.5, strokeCap="round").encode(
        x=alt.X("low:Q", axis=theme.number_axis(), scale=alt.Scale(zero=True)), x2="high:Q"
    )
    dots = base.mark_circle(size=80, opacity=1).encode(x="value:Q")
    told = [f"{row['platform']}, {label(row['tier'], language)}: {language.share(row['value'], 1)}" for row in rows]
    rate = label(rows[0]["rate"], language)
    return Figure(
        title=_capital(language.say("%(rate)s, by tier", rate=rate)),
        axis=f"%: {label(rows[0]['meaning'], language)}",
        description="; ".join(told),
        spec=theme.finished(alt.layer(ranges, dots), height=72 * len({row["platform"] for row in rows}) + 30),
        export="engagement",
        rows=theme.shown(table, "platform", "rate", "tier", "value", "low", "high"),
        keys=tuple(Key(label(tier, language), f"tier-{tier}", "dot") for tier in reversed(TIERS)),
    )
