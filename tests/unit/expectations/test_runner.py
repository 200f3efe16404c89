"""A gate cannot pass without having looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest

from expectations.declare import (
    Check,
    Column,
    FrameExpectations,
    Frames,
    Limit,
    Suite,
    always,
    never_null,
    ordered,
    unique,
    unique_together,
    within,
)
from expectations.engine import Engine, Outcome
from expectations.runner import GateContext, validate

PEOPLE = FrameExpectations(
    name="people",
    columns=(Column("key", "text", filled=True), Column("age", "number", filled=True), Column("joined_on", "date")),
    checks=(*never_null("key"), unique("key"), within("age", 0, 120, "years of a life")),
    may_be_empty_without=("consumers",),
)
SUITE = Suite("marts", (PEOPLE,), checks_count=3)
WITH_CONSUMERS = GateContext(frozenset({"consumers"}))


class Silent:
    """Carries nothing out, as great_expectations would if its results got lost."""

    def run(self, name: str, frame: pd.DataFrame, checks: Sequence[Check], label: str | None) -> list[Outcome]:
        return []


class Raising:
    """Every check raises inside."""

    def run(self, name: str, frame: pd.DataFrame, checks: Sequence[Check], label: str | None) -> list[Outcome]:
        return [Outcome(check, success=True, raised=("TypeError",)) for check in checks]


def people(**changes: object) -> pd.DataFrame:
    table = {"key": ["a", "b", "c"], "age": [20, 30, 40], "joined_on": pd.to_datetime(["2024-01-01"] * 3)}
    return pd.DataFrame(table | changes)


def test_clean_rows_pass_and_the_checks_are_counted() -> None:
    result = validate(SUITE, {"people": people()}, WITH_CONSUMERS)
    assert result.passed
    assert (result.executed, result.declared, result.rows) == (3, 3, {"people": 3})
    assert result.one_line() == "gate marts passed: 3 expectations on 1 frames"


def test_the_line_names_expectation_place_and_rows() -> None:
    result = validate(SUITE, {"people": people(key=["a", "a", "c"])}, WITH_CONSUMERS)
    assert result.one_line() == "gate marts failed: expect_column_values_to_be_unique on people.key: 2 of 3 rows"


def test_further_failures_are_counted_in_the_line() -> None:
    result = validate(SUITE, {"people": people(key=["a", "a", "c"], age=[20, 30, 400])}, WITH_CONSUMERS)
    assert result.one_line().endswith("; and 1 more")


def test_no_value_of_a_row_is_in_the_result() -> None:
    result = validate(SUITE, {"people": people(key=["secret@example.org"] * 3, age=[777, 777, 777])}, WITH_CONSUMERS)
    assert not result.passed
    assert "secret" not in str(result)
    assert "777" not in str(result.to_json())


def test_a_frame_that_was_not_given_fails() -> None:
    assert [f.expectation for f in validate(SUITE, {}, WITH_CONSUMERS).failures] == ["frame_present"]


def test_no_rows_fail_where_the_stream_has_rows_and_pass_where_it_is_absent() -> None:
    empty = {"people": people().head(0)}
    assert [f.expectation for f in validate(SUITE, empty, WITH_CONSUMERS).failures] == ["enough_rows"]
    assert validate(SUITE, empty, GateContext(frozenset({"reviews"}))).passed


def test_an_empty_frame_still_needs_its_columns() -> None:
    result = validate(SUITE, {"people": people().head(0).drop(columns="age")}, GateContext())
    assert [(f.expectation, f.column) for f in result.failures] == [("expect_column_to_exist", "age")]


def test_too_few_rows_fail() -> None:
    suite = replace(SUITE, frames=(replace(PEOPLE, min_rows=4),))
    assert [f.expectation for f in validate(suite, {"people": people()}, WITH_CONSUMERS).failures] == ["enough_rows"]


def test_an_all_null_column_fails_where_it_should_be_filled() -> None:
    result = validate(SUITE, {"people": people(age=[None, None, None])}, WITH_CONSUMERS)
    assert [(f.expectation, f.column) for f in result.failures] == [("column_filled", "age")]


def test_a_column_that_may_be_empty_may_be_all_null() -> None:
    assert validate(SUITE, {"people": people(joined_on=[None, None, None])}, WITH_CONSUMERS).passed


def test_a_renamed_column_fails() -> None:
    result = validate(SUITE, {"people": people().rename(columns={"age": "years"})}, WITH_CONSUMERS)
    assert [(f.expectation, f.column) for f in result.failures] == [("expect_column_to_exist", "age")]


@pytest.mark.parametrize("ages", [["20", "30", "40"], [[1], [2], [3]], [20, "thirty", None]])
def test_another_or_unknown_type_fails(ages: list[object]) -> None:
    result = validate(SUITE, {"people": people(age=ages)}, WITH_CONSUMERS)
    assert [(f.expectation, f.column) for f in result.failures] == [("column_type", "age")]


def test_checks_that_were_not_carried_out_fail() -> None:
    result = validate(SUITE, {"people": people()}, WITH_CONSUMERS, make_engine=Silent)
    assert [f.expectation for f in result.failures] == ["expectation_executed"] * 3
    assert (result.executed, result.declared) == (0, 3)


def test_checks_that_raise_fail() -> None:
    result = validate(SUITE, {"people": people()}, WITH_CONSUMERS, make_engine=Raising)
    assert len(result.failures) == 3
    assert "raised TypeError" in result.one_line()


def test_a_rule_that_got_lost_fails() -> None:
    suite = replace(SUITE, frames=(replace(PEOPLE, checks=PEOPLE.checks[1:]),))
    result = validate(suite, {"people": people()}, WITH_CONSUMERS)
    assert [f.expectation for f in result.failures] == ["suite_complete"]


def test_great_expectations_raising_inside_a_check_fails_without_its_text() -> None:
    frame = FrameExpectations("mixed", (Column("value", "text"),), (within("value", 0, 1),))
    result = validate(Suite("marts", (frame,), 1), {"mixed": pd.DataFrame({"value": ["secret", "b"]})})
    assert not result.passed
    assert "secret" not in str(result)


def test_labels_of_failing_summary_rows_are_shown() -> None:
    frame = FrameExpectations(
        name="rules",
        columns=(Column("rule", "text"), Column("difference", "number")),
        checks=(always("difference", 0, "parts and total differ"),),
        label="rule",
    )
    rules = pd.DataFrame({"rule": ["lines", "days", "stores"], "difference": [0, 7, -1]})
    result = validate(Suite("marts", (frame,), 1), {"rules": rules})
    assert result.failures[0].labels == ("days", "stores")
    assert result.one_line() == (
        "gate marts failed: expect_column_values_to_be_in_set on rules.difference: 2 of 3 rows [days, stores] "
        "(parts and total differ)"
    )


def test_pairs_and_compound_keys_are_checked() -> None:
    frame = FrameExpectations(
        name="windows",
        columns=(Column("a", "text"), Column("low", "number"), Column("high", "number")),
        checks=(ordered("low", "high"), unique_together("a", "low")),
    )
    suite = Suite("marts", (frame,), 2)
    good = pd.DataFrame({"a": ["x", "x", "y"], "low": [1.0, 2.0, 1.0], "high": [1.0, None, 3.0]})
    assert validate(suite, {"windows": good}).passed
    bad = pd.DataFrame({"a": ["x", "x", "y"], "low": [1.0, 1.0, 9.0], "high": [1.0, 2.0, 3.0]})
    assert [f.unexpected_count for f in validate(suite, {"windows": bad}).failures] == [1, 2]


def _rows(frames: Frames) -> dict[str, float]:
    return {"people.rows": float(len(frames["people"]))}


def test_figures_are_compared_with_their_past_and_handed_back() -> None:
    suite = replace(SUITE, figures=_rows, limits=(Limit("*.rows", 0.5, 2.0, 2, "people come and go slowly"),))
    steady = validate(suite, {"people": people()}, replace(WITH_CONSUMERS, past={"people.rows": [3.0, 4.0]}))
    assert steady.passed
    assert steady.figures == {"people.rows": 3.0}
    halved = validate(suite, {"people": people()}, replace(WITH_CONSUMERS, past={"people.rows": [9.0, 9.0]}))
    assert halved.failures[0].labels == ("people.rows",)


def test_the_engine_writes_no_file_and_draws_no_progress_bar(
    tmp_path: object, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    Engine().run("people", people(), PEOPLE.checks, None)
    assert capfd.readouterr() == ("", "")
    assert list(__import__("pathlib").Path(str(tmp_path)).iterdir()) == []
