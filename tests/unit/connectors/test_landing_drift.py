"""A source whose columns change is never read wrongly in silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from orchestration.connectors.loads import read_loads, sweep
from orchestration.connectors.vault_box import Box
from orchestration.connectors.vault_quarantine import aside_file
from orchestration.errors import SourceError
from tests.bakery import HEADER, KEY

NIGHT = datetime(2026, 10, 5, 1)
Bakery = Any


def _lines(first: int, count: int = 20, amount: str = "5.80", more: str = "") -> str:
    return "".join(f"north,R-{n},1,oat,C-77,{amount},2026-10-03 09:14{more}\n" for n in range(first, first + count))


def _second_night(bakery: Bakery, lines: str, header: str = HEADER, **mapping: Any) -> Any:
    """Lands a good first night, then this file; the second night's result."""
    bakery.write("a.csv", _lines(0))
    bakery.land(NIGHT, mapping=mapping)
    bakery.write("b.csv", lines, header)
    return bakery.land(NIGHT + timedelta(days=1), mapping=mapping)[-1]


def test_a_new_column_is_told_and_its_values_are_kept_aside(bakery: Bakery) -> None:
    header = HEADER.replace("\n", ",till\n")
    result = _second_night(bakery, _lines(20, 2, more=",T9") + _lines(30, 1, more=","), header)
    assert (result.rows_accepted, result.rows_quarantined) == (3, 0)
    assert "new columns, not mapped: till" in result.note
    path = aside_file(bakery.workspace.quarantine, "tills", "pos_lines", result.load_id)
    kept = [(each["row_no"], each["raw"]) for each in Box(path, KEY, "quarantine").read()]
    assert kept == [(1, {"till": "T9"}), (2, {"till": "T9"})]
    assert b"T9" not in path.read_bytes()
    assert sweep(bakery.workspace) == 0 and path.exists()


def test_it_is_told_and_kept_until_the_mapping_changes(bakery: Bakery) -> None:
    header = HEADER.replace("\n", ",till\n")
    _second_night(bakery, _lines(20, 2, more=",T9"), header)
    bakery.write("c.csv", _lines(40, 2, more=",T8"), header)
    third = bakery.land(NIGHT + timedelta(days=2))[-1]
    assert "new columns, not mapped: till" in third.note
    assert read_loads(bakery.workspace.landing)[-1].columns_new == []


def test_a_lost_column_is_refused_unless_the_stream_sets_its_rows_aside(bakery: Bakery) -> None:
    header = HEADER.replace("amount", "total")
    with pytest.raises(SourceError, match=r"b\.csv has no column \['amount'\]"):
        _second_night(bakery, _lines(20), header)
    assert len(read_loads(bakery.workspace.landing)) == 1


def test_rows_of_a_lost_column_are_set_aside_where_the_stream_says_so(bakery: Bakery) -> None:
    result = _second_night(bakery, _lines(20), HEADER.replace("amount", "total"), on_drift="quarantine")
    assert (result.rows_accepted, result.rows_quarantined) == (0, 20)
    load = read_loads(bakery.workspace.landing)[-1]
    assert load.quarantine_reasons == {"amount: the source has no such column any more": 20}
    assert load.rows_drifted == 20
    assert "a column is not what it was" in result.note


def test_a_column_that_became_of_another_kind_is_refused(bakery: Bakery) -> None:
    with pytest.raises(SourceError, match=r"20 of 20 rows: net_amount_minor: .* on_drift"):
        _second_night(bakery, _lines(20, amount="EUR five"))
    assert len(read_loads(bakery.workspace.landing)) == 1


def test_its_rows_are_set_aside_where_the_stream_says_so(bakery: Bakery) -> None:
    result = _second_night(bakery, _lines(20, amount="EUR five"), on_drift="quarantine")
    assert (result.rows_quarantined, read_loads(bakery.workspace.landing)[-1].rows_drifted) == (20, 20)


def test_some_bad_rows_are_bad_rows_and_no_drift(bakery: Bakery) -> None:
    result = _second_night(bakery, _lines(20, 12) + _lines(40, 8, amount="5.8o"))
    assert (result.rows_accepted, result.rows_quarantined) == (12, 8)
    assert read_loads(bakery.workspace.landing)[-1].rows_drifted == 0


def test_a_first_file_that_fits_nowhere_is_a_wrong_mapping_and_every_row_says_so(bakery: Bakery) -> None:
    bakery.write("a.csv", _lines(0, amount="EUR five"))
    (result,) = bakery.land(NIGHT)
    assert (result.rows_accepted, result.rows_quarantined) == (0, 20)
