"""The report's block about audiences, from the exports reach, reach_curve and engagement.

Belongs here: positions and cells. Does not: figures and sentences (orchestration/exports/reach.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.contract_reach import ITSELF, PLATFORM_ALL, RATES, TIER_ALL
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.report.axis import Axis, axis_for
from orchestration.exports.report.view_forest import Tick, Tone
from orchestration.exports.report.view_quality import Line
from orchestration.exports.report.view_reach import EngagementRow, ReachBlock, ReachChart, ReachRow

Row = dict[str, Any]
TIERS = ("nano", "micro", "macro")
_TONES: dict[str, Tone] = {"counted": "good", "estimated": "open", "only bounds": "careful", "not measured": "missing"}
_ORDER = {TIER_ALL: 0, "nano": 1, "micro": 2, "macro": 3, "unknown": 4}
TOGETHER = (10, 20, 1_000)
_FEWEST_POINTS = 3


def reach_block(exports: Mapping[str, pl.DataFrame]) -> ReachBlock:
    """Everything the section shows: totals and tiers of every campaign, curves, engagement."""
    table = exports["reach"].filter(pl.col("platform") == PLATFORM_ALL)
    rows = sorted(table.iter_rows(named=True), key=lambda row: (row["campaign_id"], _ORDER.get(row["tier"], 9)))
    curves = exports["reach_curve"].sort("campaign_id", "ambassadors_count")
    parts = curves.partition_by("campaign_id", maintain_order=True)
    return ReachBlock(
        rows=tuple(_row(row) for row in rows),
        charts=tuple(_chart(part.to_dicts()) for part in parts if part.height >= _FEWEST_POINTS),
        tiers=TIERS,
        engagement=_engagement(exports["engagement"]),
    )


def _name(row: Row) -> str:
    return str(row["campaign_name"] or f"Campaign {row['campaign_id']}")


def _row(row: Row) -> ReachRow:
    is_whole = row["tier"] == TIER_ALL
    cost = row["cost_per_1000_unique"]
    return ReachRow(
        name=_name(row) if is_whole else "",
        tier=row["tier"],
        gross=_people(row["gross_reach"]),
        unique=_people(row["unique_reach"]),
        span=_span(row),
        saw=_people(row["effective_unique"]),
        cost="" if cost is None else ENGLISH.money(cost, row["currency"]),
        bad=_people(row["bad_contacts"]),
        tone=_TONES[row["how"]],
        how=row["how"],
        words=row["in_words"] if is_whole else "",
    )


def _people(value: float | None) -> str:
    return "" if value is None else ENGLISH.number(value)


def _span(row: Row) -> str:
    ends = {"estimated": ("unique_low", "unique_high"), "only bounds": ("bound_low", "bound_high")}.get(row["how"])
    return "" if ends is None else " to ".join(_people(row[end]) for end in ends)


def _chart(points: list[Row]) -> ReachChart:
    last = points[-1]["ambassadors_count"]
    top = max(point["unique_high"] for point in points)
    axis = axis_for([(0.0, top, top)])
    told = {point["ambassadors_count"]: point for point in points}
    together = [told[number] for number in TOGETHER if number in told]
    sentences = [
        f"{_people(point['ambassadors_count'])} together: {_people(point['unique_reach'])}"
        + (" (more than took part)" if point["is_beyond"] else "")
        for point in together
    ]
    return ReachChart(
        ident=points[0]["campaign_id"],
        title=_name(points[0]),
        description=f"different people by number of ambassadors: {'; '.join(sentences)}",
        ticks=tuple(Tick(_top(axis, mark), ENGLISH.number(mark)) for mark in axis.marks()),
        across=tuple(Tick(share, _people(last * share / 100)) for share in (0.0, 50.0, 100.0)),
        band=Line("range", "helps", f"{_line(points, 'unique_low', axis)} {_line(points[::-1], 'unique_high', axis)}"),
        lines=(
            Line("different people", "helps", _line(points, "unique_reach", axis)),
            Line("sum of the audiences", "anyway", _gross(points, axis)),
        ),
        together=tuple(sentences),
    )


def _line(points: list[Row], name: str, axis: Axis) -> str:
    last = max(point["ambassadors_count"] for point in points)
    places = ((100 * point["ambassadors_count"] / last, point[name]) for point in points)
    return " ".join(f"{round(across, 3)},{_top(axis, value)}" for across, value in places)


def _gross(points: list[Row], axis: Axis) -> str:
    """A straight line from nobody, up to the end of the numbers or of the axis, whichever comes first."""
    last = points[-1]
    share = min(1.0, axis.high / last["gross_reach"])
    return f"0,{_top(axis, 0.0)} {round(100 * share, 3)},{_top(axis, share * last['gross_reach'])}"


def _top(axis: Axis, value: float) -> float:
    return round(100 - axis.percent(value), 3)


def _engagement(table: pl.DataFrame) -> tuple[EngagementRow, ...]:
    """Platforms that report a rate; rates by followers, reach and impressions stay apart."""
    found = []
    for rate in RATES:
        own = table.filter(pl.col("rate") == rate)
        for platform in own["platform"].unique().sort():
            rows = own.filter(pl.col("platform") == platform).to_dicts()
            plain = {row["tier"]: row for row in rows if row["against_tier"] == ITSELF}
            compared = [row["in_words"] for row in rows if row["against_tier"] != ITSELF]
            found.append(
                EngagementRow(platform, rate, tuple(_rate(plain.get(tier)) for tier in TIERS), tuple(compared))
            )
    return tuple(found)


def _rate(row: Row | None) -> str:
    if row is None or row["value"] is None:
        return ""
    value = f"{ENGLISH.number(100 * row['value'], 1)} %"
    if row["low"] is None:
        return value
    return f"{value} ({ENGLISH.number(100 * row['low'], 1)} to {ENGLISH.number(100 * row['high'], 1)})"
