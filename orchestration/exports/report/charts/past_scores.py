"""What the scores of earlier days said and what came of it, from the export score_results.

Belongs here: what of the export is drawn. Does not: the comparison (ml/monitoring), sentences (score_results.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from orchestration.exports.language import Language
from orchestration.exports.report.charts import theme
from orchestration.exports.report.charts.figure import Figure, Key, Missing
from orchestration.exports.report.charts.scores import unit_words
from orchestration.exports.report.past_scores import KEY, SHOWN, down_the_list, list_title
from orchestration.exports.retelling import label
from orchestration.exports.words import SHARE_UNIT

_FIGURES = ("predicted_extra", "realised_extra", "realised_low", "realised_high")


def realised(results: pl.DataFrame, names: Mapping[str, str], language: Language) -> tuple[Figure | Missing, ...]:
    """A chart per list of scores and comparison that can be told, newest first; or why there is none."""
    known = results.filter(pl.col("realised_extra").is_not_null() & pl.col("predicted_extra").is_not_null())
    if known.is_empty():
        return (Missing(language.say("Earlier scores: said and come true"), _why_nothing(results, language)),)
    newest_first = known.sort("scored_on", "campaign_id", "outcome", descending=[True, False, False])
    lists = newest_first.partition_by(*KEY, maintain_order=True)
    return tuple(_of_list(part, names, language) for part in lists[:SHOWN])


def _why_nothing(results: pl.DataFrame, language: Language) -> str:
    refused = results.filter((pl.col("status") == "not measured") & (pl.col("people_group") == "everybody"))
    if refused.height:
        why = refused.sort("scored_on", "outcome", descending=[True, False])["note"][0]
        return language.say("Earlier scores are old enough, but what they were worth cannot be told: %(why)s.", why=why)
    days = results["matures_on"].drop_nulls()
    if days.is_empty():
        return language.say("No earlier scores are known. They are kept from the first run on that makes some.")
    return language.say(
        "No earlier scores are old enough yet: the first can be judged from %(day)s on.",
        day=language.day(days.min()),  # type: ignore[arg-type]  # a column of dates
    )


def _of_list(part: pl.DataFrame, names: Mapping[str, str], language: Language) -> Figure:
    shown = down_the_list(part)
    rows = shown.to_dicts()
    factor = 100.0 if rows[0]["unit"] == SHARE_UNIT else 1.0
    points: list[dict[str, Any]] = [
        {"name": label(row["people_group"], language)}
        | {name: None if row[name] is None else factor * row[name] for name in _FIGURES}
        for row in rows
    ]
    base = alt.Chart(theme.data(points)).encode(y=alt.Y("name:N", sort=None, axis=theme.quiet_axis(labelLimit=210)))
    layers = alt.layer(
        theme.line_at(0),
        base.mark_rule(color=theme.FIRST, strokeWidth=2.5).encode(
            x=alt.X("realised_low:Q", axis=theme.number_axis()), x2="realised_high:Q"
        ),
        base.mark_circle(color=theme.FIRST, size=80, opacity=1).encode(x="realised_extra:Q"),
        base.mark_tick(color=theme.SECOND, thickness=3, size=20).encode(x="predicted_extra:Q"),
    )
    scored = language.say("Scores of %(day)s", day=language.day(rows[0]["scored_on"]))
    return Figure(
        title=language.say("%(campaign)s (%(part)s)", campaign=list_title(rows[0], names, language), part=scored),
        axis=language.say("extra, %(unit)s", unit=unit_words(rows[0]["unit"], language)),
        description="; ".join(
            language.say(
                "%(name)s: said %(said)s, came %(came)s",
                name=point["name"],
                said=language.number(point["predicted_extra"], 1, signed=True),
                came=language.number(point["realised_extra"], 1, signed=True),
            )
            for point in points
        ),
        spec=theme.finished(layers, height=theme.ROW * len(points) + 30),
        export="score_results",
        rows=theme.shown(shown, "scored_on", "campaign_id", "predicted_extra", "realised_extra"),
        keys=(
            Key(language.say("what came, with its range"), "one", "dot"),
            Key(language.say("what the scores said"), "two", "tick"),
        ),
    )
