"""Taking cells out of the exports that could point at fewer than ten people.

Belongs here: the one function every aggregate goes through. Does not: which cells these are (contract_groups.py).
"""

from __future__ import annotations

import polars as pl

from orchestration.exports.brand_effect import posts_in_words
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.contract_groups import RULES, SMALLEST_GROUP, TOO_FEW, Rule, people_of
from orchestration.exports.reach import engagement_in_words, reach_in_words
from orchestration.exports.texts import alert_in_words

_DRAWN_BY_COUNT = ("moments", "moments_by_month", "ugc_kinds", "service_audit")
# Sentences that are said again once their figures are gone.
_SENTENCES = {
    "posts_sell": ("in_words", posts_in_words),
    "reach": ("in_words", reach_in_words),
    "engagement": ("in_words", engagement_in_words),
    "store_alerts": ("headline", alert_in_words),
}


def withheld(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """An output as it may be published: counts of 1 to 9 and what would tell them are empty, `withheld` says why.

    Args:
        table: the output as its builder made it, every figure in it, and beside counts of pieces those of people.
    """
    rule = RULES.get(name)
    shown = emptied(name, table)
    if rule is None:
        return shown
    first = pl.col(f"_few_{rule.first}")
    shown = shown.with_columns(
        **{column: pl.when(first).then(pl.lit(said)).otherwise(column) for column, said in rule.says.items()},
        withheld=pl.when(pl.any_horizontal(f"_few_{column}" for column in rule.cells)).then(pl.lit(TOO_FEW)),
    )
    if name in _SENTENCES:
        column, say = _SENTENCES[name]
        said = [say(row) if row["withheld"] else row[column] for row in shown.iter_rows(named=True)]
        shown = shown.with_columns(pl.Series(column, said, pl.String))
    return OUTPUTS[name].conform(shown)


def emptied(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """An output's figures without those of small groups; `_few_<count>` beside them tells which counts those were."""
    if name == "reach_curve":
        return _with_enough_accounts(table)
    rule = RULES.get(name)
    if rule is None:
        return table
    if table.is_empty():  # a builder may return its stated absence, which counts nobody
        table = table.with_columns(**{people_of(column): pl.lit(None, pl.Int64) for column in rule.of_pieces})
    table = table.with_columns(**{f"_few_{column}": _is_too_few(column, rule) for column in rule.cells})
    if rule.within:
        table = table.with_columns(_few_and_next(rule).alias(f"_few_{rule.first}"))
    is_out = {
        column: pl.any_horizontal(
            f"_few_{count}" for count, told in rule.cells.items() if column == count or column in told
        )
        for column in sorted(rule.emptied)
    }
    return table.with_columns(**{column: pl.when(~out).then(column) for column, out in is_out.items()})


def shown_rows(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """Rows for the report's tables and charts of texts: those whose count is not shown have nothing to draw."""
    return table.filter(pl.col(RULES[name].first).is_not_null()) if name in _DRAWN_BY_COUNT else table


def few_cells(name: str, table: pl.DataFrame) -> int:
    """How many cells of a published output count 1 to 9 people or pieces: none may."""
    rule = RULES.get(name)
    if rule is None:
        return 0
    present = [column for column in rule.cells if column in table.columns]
    return sum(int(table.select(_is_few(column, rule).sum()).item()) for column in present)


def _is_too_few(column: str, rule: Rule) -> pl.Expr:
    """Whether a cell counts too few people, or pieces by too few."""
    few = _is_few(column, rule)
    if column not in rule.of_pieces:
        return few
    people = pl.col(people_of(column))
    return few | _is_few(people_of(column), rule) | ((pl.col(column) > 0) & people.is_null()).fill_null(False)


def _is_few(column: str, rule: Rule) -> pl.Expr:
    is_few = pl.col(column).is_between(1, SMALLEST_GROUP, closed="left").fill_null(False)
    return is_few if rule.when is None else is_few & (pl.col(rule.when[0]) == rule.when[1])


def _few_and_next(rule: Rule) -> pl.Expr:
    """Those too few, and where that is one row alone among rows with a known total, the smallest of the others."""
    is_few, count = pl.col(f"_few_{rule.first}"), pl.col(rule.first)
    others = pl.when(~is_few & (count > 0)).then(count)
    is_alone = is_few.sum().over(rule.within) == 1
    place = others.rank("ordinal").over(rule.within)
    return is_few | (is_alone & (place == 1)).fill_null(False)


def _with_enough_accounts(curve: pl.DataFrame) -> pl.DataFrame:
    """The curves of campaigns in which ten accounts and more took part."""
    took_part = pl.col("ambassadors_count").filter(~pl.col("is_beyond")).max().over("campaign_id")
    return curve.filter((took_part >= SMALLEST_GROUP).fill_null(False))
