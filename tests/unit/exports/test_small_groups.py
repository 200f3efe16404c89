"""No count that marketers get could point at fewer than ten people, by itself or by taking others from a total."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.contract_groups import NO_RULE, RULES, TOO_FEW, people_of
from orchestration.exports.facade import build_exports
from orchestration.exports.pieces import pieces_and_people
from orchestration.exports.small_groups import few_cells, withheld
from orchestration.exports.texts import alert_in_words

DAY = date(2026, 6, 30)
COUNTS_OF_PEOPLE = ("people", "pieces", "accounts", "people or units")


def rows(name: str, *given: dict[str, Any]) -> pl.DataFrame:
    """Rows of an output as its builder makes them: what is not given is empty; a piece is by a person of its own."""
    schema = {column: kind for column, kind in OUTPUTS[name].polars_schema().items() if column != "withheld"}
    full = [dict.fromkeys(schema) | {"as_of": DAY, "basis": "consent"} | each for each in given]
    table = pl.DataFrame(full, schema=schema)
    named = {people_of(count): pl.col(count) for count in RULES[name].of_pieces}
    told = {name: pl.Series([each.get(name) for each in given], dtype=pl.Int64) for name in named}
    return table.with_columns(**{name: pl.coalesce(told[name], count) for name, count in named.items()})


def month(day: int, pieces: int, positive: int = 0, negative: int = 0) -> dict[str, Any]:
    return {
        **{"month_starts_on": date(2026, day, 1), "is_whole": True, "moment": "delight"},
        **{"pieces_count": pieces, "positive_count": positive, "negative_count": negative},
    }


def counts(name: str, *given: dict[str, Any], column: str) -> list[Any]:
    return withheld(name, rows(name, *given)).get_column(column).to_list()


def test_counts_of_one_to_nine_are_empty_and_a_nought_and_a_ten_are_shown() -> None:
    months = [month(1, 0), month(2, 1), month(3, 9), month(4, 10)]
    assert counts("moments_by_month", *months, column="pieces_count") == [0, None, None, 10]
    assert counts("moments_by_month", *months, column="withheld") == [None, TOO_FEW, TOO_FEW, None]


def test_many_pieces_by_few_people_are_as_empty_as_few_pieces() -> None:
    months = [month(number, 40) | {"pieces_count__people": people} for number, people in ((1, 9), (2, 1), (3, 10))]
    assert counts("moments_by_month", *months, column="pieces_count") == [None, None, 40]
    parts = month(1, 60, 20, 20) | {"positive_count__people": 4}
    assert withheld("moments_by_month", rows("moments_by_month", parts)).select(
        "pieces_count", "positive_count", "negative_count", "withheld"
    ).rows() == [(60, None, 20, TOO_FEW)]


def test_pieces_of_which_nobody_knows_how_many_wrote_them_are_not_shown() -> None:
    table = rows("moments_by_month", month(1, 40)).with_columns(pieces_count__people=pl.lit(None, pl.Int64))
    assert withheld("moments_by_month", table).get_column("pieces_count").to_list() == [None]


def test_every_count_of_pieces_has_its_count_of_people() -> None:
    units = {name: {column.name: column.unit for column in OUTPUTS[name].columns} for name in RULES}
    counted = {name: {cell for cell in rule.cells if units[name][cell] == "pieces"} for name, rule in RULES.items()}
    assert counted == {name: set(rule.of_pieces) for name, rule in RULES.items()}


def test_people_are_counted_once_however_much_they_write_and_a_piece_without_an_author_by_itself() -> None:
    told = pl.DataFrame({"ugc_key": ["a", "b", "c", "d", "e"], "consumer_key": ["anna", "anna", "ben", None, None]})
    counted = told.with_columns(is_late=pl.Series([False, True, None, True, False])).select(
        **pieces_and_people(all_count=pl.lit(True), late_count=pl.col("is_late"))
    )
    assert counted.row(0, named=True) == {
        **{"all_count": 5, "all_count__people": 4, "late_count": 2, "late_count__people": 2}
    }


def test_what_goes_with_a_count_goes_with_it_and_a_part_goes_alone() -> None:
    table = withheld("moments_by_month", rows("moments_by_month", month(1, 40, 25, 9), month(2, 8, 0, 8), month(3, 9)))
    assert table.select("pieces_count", "positive_count", "negative_count").rows() == [
        (40, 25, None),
        (None, None, None),
        (None, None, None),
    ]


def test_one_empty_row_takes_the_next_smallest_with_it_since_a_total_would_give_it_away() -> None:
    months = [month(1, 4), month(2, 30), month(3, 12), month(4, 0)]
    assert counts("moments_by_month", *months, column="pieces_count") == [None, 30, None, 0]
    two = [month(1, 4), month(2, 30), month(3, 5)]
    assert counts("moments_by_month", *two, column="pieces_count") == [None, 30, None]


def test_an_alert_stands_without_its_figures() -> None:
    alert = {
        **{"subject_kind": "store", "subject_id": "s1", "moment": "staff", "headline": "7 bad pieces"},
        **{"recent_count": 7, "recent_from": DAY, "earlier_count": 2, "opportunity": "sales"},
        **{"recent_per_1000": 3.5, "earlier_per_1000": 0.1, "times_as_often": 35.0},
    }
    row = withheld("store_alerts", rows("store_alerts", alert)).row(0, named=True)
    assert [row[name] for name in ("recent_count", "recent_per_1000", "earlier_count", "times_as_often")] == [None] * 4
    assert row["headline"] == (
        "Store s1: more bad pieces about staff in the last 14 days than before, by fewer than 10 people."
    )
    many = alert | {"recent_count": 31, "earlier_count": None, "times_as_often": None}
    assert "31 bad pieces about staff in the last 14 days, more often than before." in alert_in_words(many)


def test_the_reach_of_few_accounts_would_be_theirs_and_is_not_shown() -> None:
    def tier(name: str, accounts: int) -> dict[str, Any]:
        return {
            **{"campaign_id": "spring", "platform": "all platforms", "tier": name, "how": "estimated"},
            **{"in_words": "…", "accounts_count": accounts, "gross_reach": 100.0 * accounts, "unique_reach": 90.0},
            **{"sized_accounts_count": accounts, "unique_low": 80.0, "unique_high": 95.0, "interval_level": 0.9},
        }

    table = withheld("reach", rows("reach", tier("macro", 1), tier("micro", 12), tier("nano", 50)))
    shown = {row["tier"]: row for row in table.iter_rows(named=True)}
    assert [shown[name]["gross_reach"] for name in ("macro", "micro", "nano")] == [None, None, 5000.0]
    assert shown["macro"]["in_words"] == (
        "Campaign spring (macro): reach cannot be measured: fewer than 10 people: not shown."
    )


def test_every_output_without_a_row_per_person_has_a_rule_or_a_reason() -> None:
    for name, output in OUTPUTS.items():
        columns = {column.name for column in output.columns}
        assert ("consumer_key" in columns) + (name in RULES) + (name in NO_RULE) == 1, name


def test_every_count_of_people_or_pieces_is_guarded_or_stays_for_a_reason() -> None:
    for name, rule in RULES.items():
        columns = {column.name: column for column in OUTPUTS[name].columns}
        counting = {column.name for column in columns.values() if column.unit in COUNTS_OF_PEOPLE}
        assert counting - rule.emptied <= set(rule.shown), name
        assert rule.emptied | set(rule.within) | set(rule.says) | set(rule.shown) <= set(columns), name
        assert all(columns[column].when_null for column in rule.emptied), name


def test_no_aggregate_of_a_run_counts_one_to_nine_people(
    frames: dict[str, pl.DataFrame], context: ExportContext
) -> None:
    exports = build_exports(frames, context)
    few = {name: few_cells(name, table) for name, table in exports.items()}
    assert not any(few.values()), few
    left_out = [name for name, table in exports.items() if "withheld" in table.columns and table["withheld"].count()]
    assert {"campaign_results", "data_quality", "ugc_kinds"} <= set(left_out), "the world is too large to show anything"
