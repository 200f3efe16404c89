"""A change that breaks readers of the exports raises the output's version and stands in the changelog."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from orchestration.exports.versions import Change, changes, missing_in_changelog, not_announced, published, state

CHANGELOG = Path(__file__).parents[3] / "CHANGELOG.md"
COLUMN = {"type": "integer", "unit": "people", "when_null": "", "unit_column": "", "allowed": ["a", "b"]}
BEFORE: dict[str, Any] = {"reach": {"version": 1, "columns": {"people": COLUMN, "note": COLUMN}}}


def test_the_contract_is_the_one_published_or_is_announced() -> None:
    before, history = published()
    assert not_announced(before, state()) == []
    assert changes(before, state()) == (), "run `python -m orchestration.exports.versions`, then the docs"
    assert missing_in_changelog(history, CHANGELOG.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("type", "number"),
        ("unit", "accounts"),
        ("when_null", "not known"),
        ("unit_column", "currency"),
        ("allowed", ["a"]),
    ],
)
def test_a_column_that_means_another_thing_needs_a_new_version(cell: str, value: object) -> None:
    after = deepcopy(BEFORE)
    after["reach"]["columns"]["people"] = COLUMN | {cell: value}
    assert len(not_announced(BEFORE, after)) == 1
    after["reach"]["version"] = 2
    assert not_announced(BEFORE, after) == []


def test_a_column_that_is_gone_or_renamed_needs_a_new_version() -> None:
    after = deepcopy(BEFORE)
    after["reach"]["columns"]["persons"] = after["reach"]["columns"].pop("people")
    assert not_announced(BEFORE, after) == ["reach: people removed: raise its version above 1"]


def test_new_columns_values_and_outputs_break_nobody() -> None:
    after = deepcopy(BEFORE)
    after["reach"]["columns"] |= {"more": COLUMN, "note": COLUMN | {"allowed": ["a", "b", "c"]}}
    after["plan"] = after["reach"]
    assert not_announced(BEFORE, after) == []
    assert {change.is_breaking for change in changes(BEFORE, after)} == {False}


def test_a_version_never_goes_back() -> None:
    after = deepcopy(BEFORE)
    after["reach"]["version"] = 0
    assert "below the published" in not_announced(BEFORE, after)[0]


def test_a_removed_output_is_breaking_and_the_changelog_has_to_name_it() -> None:
    (gone,) = changes(BEFORE, {})
    assert gone == Change("reach", 0, "removed", True)
    assert missing_in_changelog([gone], "- something else") == ["reach version 0"]
    assert missing_in_changelog([gone], "- `reach` is gone") == []


def test_the_changelog_has_to_name_output_and_version_in_one_line() -> None:
    change = Change("reach", 2, "people removed", True)
    assert missing_in_changelog([change], "- `reach` changed\n- version 2") == ["reach version 2"]
    assert missing_in_changelog([change], "| `reach` version 2 | people is gone |") == []
