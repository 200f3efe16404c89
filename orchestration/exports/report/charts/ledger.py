"""Extra sales against cost and claims, and what each unit of cost brought (iROAS), from the extra_sales export.

Belongs here: what of the export is drawn. Does not: sums, rules of precedence (orchestration/exports/extra_sales.py).
"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from orchestration.exports.contract_ledger import ALL_CAMPAIGNS
from orchestration.exports.language import Language
from orchestration.exports.report.charts import theme
from orchestration.exports.report.charts.figure import Figure, Key, Missing

Row = dict[str, Any]
_MONEY = ("extra", "extra_low", "extra_high", "claimed", "cost")
_PER_COST = ("return_on_cost", "return_on_cost_low", "return_on_cost_high")


def ledger_figures(
    table: pl.DataFrame, language: Language, campaign_id: str | None = None
) -> tuple[Figure | Missing, ...]:
    """Two charts: amounts, and extra sales for each unit of cost; of one campaign where its id is given."""
    sums = table.filter(pl.col("part_no") == 0).sort(pl.col("campaign_id") != ALL_CAMPAIGNS, "campaign_id")
    if campaign_id is not None:
        sums = sums.filter(pl.col("campaign_id") == campaign_id)
    measured = sums.filter(pl.col("extra").is_not_null())
    if measured.is_empty():
        reason = language.say(
            "Extra sales could not be measured. Needed: people or stores kept out by lot, and pos_lines."
        )
        return (Missing(language.say("Extra sales, cost and claims"), reason),)
    per_cost = measured.filter(pl.all_horizontal(pl.col(*_PER_COST).is_not_null()))
    if not per_cost.is_empty():
        return _amounts(measured, language), _per_cost(per_cost, language)
    reason = language.say("Costs are not known. Needed: campaign_costs.")
    return _amounts(measured, language), Missing(language.say("Extra sales per cost (iROAS)"), reason)


def _rows(measured: pl.DataFrame, language: Language) -> list[Row]:
    rows = measured.to_dicts()
    names = theme.names(rows, language)
    return [
        row
        | {"name": language.say("All campaigns") if row["campaign_id"] == ALL_CAMPAIGNS else name, "tone": _tone(row)}
        for row, name in zip(rows, names, strict=True)
    ]


def _tone(row: Row) -> str:
    low, high = row["extra_low"], row["extra_high"]
    if low is None or low <= 0 <= high:
        return "open"
    return "careful" if row["design"] != "randomised" else "good" if low > 0 else "bad"


def _amounts(measured: pl.DataFrame, language: Language) -> Figure:
    rows = _rows(measured, language)
    drawn = [{key: row[key] for key in ("name", "tone", *_MONEY)} for row in rows]
    base = alt.Chart(theme.data(drawn)).encode(y=alt.Y("name:N", sort=None, axis=theme.quiet_axis(labelLimit=170)))
    shade = theme.shades("tone", theme.TONES)
    amounts = alt.X("cost:Q", axis=theme.number_axis(format="~s"))
    bars = base.mark_bar(height=16, color=theme.SECOND_PALE, cornerRadiusEnd=2).encode(x=amounts)
    claims = base.mark_tick(thickness=3, size=20, color=theme.SECOND).encode(x="claimed:Q")
    ranges = base.mark_rule(strokeWidth=2.5, strokeCap="round").encode(x="extra_low:Q", x2="extra_high:Q", color=shade)
    dots = base.mark_circle(size=90, opacity=1).encode(x="extra:Q", color=shade)
    return Figure(
        title=language.say("Extra sales, cost and claims"),
        axis=language.say("%(currency)s, of each campaign", currency=language.currency(rows[0]["currency"])),
        description="; ".join(_told(row, language) for row in rows),
        spec=theme.finished(alt.layer(bars, theme.line_at(0), claims, ranges, dots), height=theme.ROW * len(rows) + 30),
        export="extra_sales",
        rows=theme.shown(measured, "campaign_id", *_MONEY),
        keys=(
            Key(language.say("extra sales, with their range"), "ink", "dot"),
            Key(language.say("cost"), "two-pale"),
            Key(language.say("claimed by codes and links"), "two", "tick"),
        ),
    )


def _told(row: Row, language: Language) -> str:
    def money(name: str) -> str:
        return language.money(row[name], row["currency"], decimals=0)

    extra = money("extra")
    if row["extra_low"] is not None:
        extra = f"{extra} ({language.range(money('extra_low'), money('extra_high'))})"
    words = [language.say("%(campaign)s: extra sales %(sales)s", campaign=row["name"], sales=extra)]
    words += [language.say("cost %(cost)s", cost=money("cost"))] if row["cost"] is not None else []
    words += [language.say("claimed %(sales)s", sales=money("claimed"))] if row["claimed"] is not None else []
    return ", ".join(words)


def _per_cost(measured: pl.DataFrame, language: Language) -> Figure:
    rows = _rows(measured, language)
    drawn = [
        {key: row[key] for key in ("name", "tone", *_PER_COST)} | {"label": language.number(row["return_on_cost"], 2)}
        for row in rows
    ]
    base = alt.Chart(theme.data(drawn)).encode(y=alt.Y("name:N", sort=None, axis=theme.quiet_axis(labelLimit=170)))
    shade = theme.shades("tone", theme.TONES)
    ranges = base.mark_rule(strokeWidth=2.5, strokeCap="round").encode(
        x=alt.X("return_on_cost_low:Q", axis=theme.number_axis()), x2="return_on_cost_high:Q", color=shade
    )
    dots = base.mark_circle(size=90, opacity=1).encode(x="return_on_cost:Q", color=shade)
    labels = base.mark_text(dy=-13).encode(x="return_on_cost:Q", text="label:N")
    told = "; ".join(
        f"{row['name']}: {row['return_on_cost_words']}"
        for row in (
            row
            | {
                "return_on_cost_words": language.number(row["return_on_cost"], 2)
                + f" ({language.range(*(language.number(row[name], 2) for name in _PER_COST[1:]))})"
            }
            for row in rows
        )
    )
    layers = alt.layer(theme.line_at(0), theme.line_at(1, [4, 3]), ranges, dots, labels)
    return Figure(
        title=language.say("Extra sales per cost (iROAS)"),
        axis=language.say("extra sales for each unit of cost; beyond 1 they exceed the cost"),
        description=told,
        spec=theme.finished(layers, height=(theme.ROW + 8) * len(rows) + 30),
        export="extra_sales",
        rows=theme.shown(measured, "campaign_id", *_PER_COST),
        keys=(
            Key(language.say("extra sales per cost, with their range"), "ink", "dot"),
            Key(language.say("extra sales equal the cost"), "quiet-mark", "dash"),
        ),
    )
