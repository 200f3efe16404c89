"""How good the scores are, from the export model_quality: worth by the share contacted, predicted against realised.

Belongs here: what of the export is drawn. Does not: the figures (ml/evaluate), sentences (model_quality.py), what
earlier scores turned out to be worth (past_scores.py).
"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from orchestration.exports.contract_quality import FIGURE_WORDS, ORDER_WORDS, PART_WORDS
from orchestration.exports.language import Language
from orchestration.exports.report.charts import theme
from orchestration.exports.report.charts.figure import Figure, Key
from orchestration.exports.retelling import label
from orchestration.exports.words import SHARE_UNIT, outcome_of

Row = dict[str, Any]
_MODEL = ORDER_WORDS["candidate"]
_ORDERS = {
    _MODEL: (theme.FIRST, "one", []),
    ORDER_WORDS["response model"]: (theme.SECOND, "two", [6, 4]),
    ORDER_WORDS["random"]: (theme.QUIET, "quiet-mark", [2, 3]),
}


def _scaled(part: pl.DataFrame) -> list[Row]:
    """Rows with figures as the page shows them: shares per 100 people, money per person."""
    factor = pl.when(pl.col("unit") == SHARE_UNIT).then(100.0).otherwise(1.0)
    return part.with_columns(pl.col(name) * factor for name in ("value", "low", "high")).to_dicts()


def unit_words(unit: str, language: Language) -> str:
    """What a figure is counted in."""
    if unit == SHARE_UNIT:
        return language.say("per 100 people")
    return language.say("%(currency)s per person", currency=language.currency(unit))


def written(row: Row, language: Language) -> str:
    """A figure with its range; the row's figures are scaled already."""
    places = 1 if row["unit"] == SHARE_UNIT else 2
    value, low, high = (language.number(row[name], places, signed=True) for name in ("value", "low", "high"))
    return f"{value} ({language.range(low, high)})"


def worth_curve(part: pl.DataFrame, language: Language) -> Figure:
    """What contacting the best people brings, at each share: by the model with its band, by likely buyers, at random.

    Args:
        part: rows of one model.
    """
    own = part.filter(pl.col("part") == PART_WORDS["qini_curve"], pl.col("ranked_by").is_in(list(_ORDERS)))
    rows = _scaled(own)
    noun, unit = language.gettext(outcome_of(rows[0]["outcome"]).noun), unit_words(rows[0]["unit"], language)
    start = {"position": 0.0, "value": 0.0, "low": 0.0, "high": 0.0}
    layers: list[alt.Chart | alt.LayerChart] = []
    for order, (colour, _, dash) in _ORDERS.items():
        side = [row for row in rows if row["ranked_by"] == order]
        points = [start, *({key: row[key] for key in start} for row in side)]
        base = alt.Chart(theme.data(points)).encode(
            x=alt.X("position:Q", axis=theme.number_axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]))
        )
        values = alt.Y("value:Q", axis=theme.number_axis())
        if order == _MODEL:
            layers.append(base.mark_area(color=theme.FIRST_PALEST, opacity=1).encode(y="low:Q", y2="high:Q"))
        layers.append(base.mark_line(color=colour, strokeWidth=2.25, strokeDash=dash or [1, 0]).encode(y=values))
    at_half = [
        language.say("best half by %(order)s: %(worth)s", order=label(order, language), worth=written(row, language))
        for order in _ORDERS
        for row in rows
        if row["ranked_by"] == order and row["position"] == 0.5
    ]
    return Figure(
        title=language.say("If the best are contacted"),
        axis=language.say("extra %(noun)s, %(unit)s on the list, by the share contacted", noun=noun, unit=unit),
        description="; ".join(at_half),
        spec=theme.finished(alt.layer(*layers[:1], theme.level_at(0), *layers[1:])),
        export="model_quality",
        rows=theme.shown(own, "model", "part", "ranked_by", "position", "value", "low", "high"),
        keys=tuple(
            Key(label(order, language), style, "dash" if dash else "line")
            for order, (_, style, dash) in _ORDERS.items()
        ),
    )


def tenths(part: pl.DataFrame, language: Language) -> Figure:
    """Calibration: what was predicted for each tenth of people beside what came, with its range."""
    own = part.filter(pl.col("part") == PART_WORDS["decile"])
    rows = _scaled(own)
    noun, unit = language.gettext(outcome_of(rows[0]["outcome"]).noun), unit_words(rows[0]["unit"], language)
    told = {int(row["position"]): row["value"] for row in rows if row["figure"] == FIGURE_WORDS["predicted"]}
    came = [row for row in rows if row["figure"] == FIGURE_WORDS["realised"]]
    points = [
        {"tenth": int(row["position"]), "predicted": told[int(row["position"])], "value": row["value"]}
        | {end: row["value"] if row[end] is None else row[end] for end in ("low", "high")}
        for row in sorted(came, key=lambda row: row["position"])
    ]
    base = alt.Chart(theme.data(points)).encode(
        x=alt.X("tenth:O", axis=theme.number_axis(labelAngle=0, grid=False), scale=alt.Scale(paddingInner=0.35))
    )
    inside = sum(point["low"] <= point["predicted"] <= point["high"] for point in points)
    layers = alt.layer(
        base.mark_bar(color=theme.SECOND_PALE, cornerRadiusEnd=2).encode(
            y=alt.Y("predicted:Q", axis=theme.number_axis())
        ),
        theme.level_at(0),
        base.mark_rule(color=theme.FIRST, strokeWidth=2.5, strokeCap="round").encode(y="low:Q", y2="high:Q"),
        base.mark_circle(color=theme.FIRST, size=80, opacity=1).encode(y="value:Q"),
    )  # fmt: skip
    return Figure(
        title=language.say("Predicted and realised, by tenths of people"),
        axis=language.say(
            "extra %(noun)s, %(unit)s of the tenth; 1 has the highest predictions", noun=noun, unit=unit
        ),
        description=language.say(
            "What was predicted lies within the range of what came in %(inside)s of %(all)s tenths.",
            inside=language.number(inside), all=language.number(len(points)),
        ),
        spec=theme.finished(layers),
        export="model_quality",
        rows=theme.shown(own, "model", "part", "figure", "position", "value", "low", "high"),
        keys=(
            Key(language.say("what came, with its range"), "one", "dot"),
            Key(language.say("what was predicted"), "two-pale"),
        ),
    )  # fmt: skip
