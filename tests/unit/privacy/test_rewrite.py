"""A load can be rewritten without some of its rows: counts, hash and seal stay right, a kill leaves it mendable."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

import polars as pl
import pytest

from orchestration.connectors.loads import Load, read_loads, verify_load
from orchestration.connectors.vault_quarantine import read_quarantine
from orchestration.privacy.rewrite import Change, Rewritten, finish_rewrites, rewrite_load
from tests.bakery import KEY, LINES, Bakery

BAD = "north,R-1003,1,oat,C-77,five,2026-10-03 10:00\nnorth,R-1004,1,oat,C-78,six,2026-10-03 10:00\n"


def without_coffee(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("product_id") != "coffee").with_columns(pl.lit("east").alias("store_id"))


CHANGE = Change(without_coffee, lambda row: row.raw["card"] != "C-77", "rows_expired")


def only(bakery: Bakery) -> Load:
    (load,) = read_loads(bakery.workspace.landing)
    verify_load(load)
    return load


def test_a_rewritten_load_holds_what_stays_and_its_record_counts_the_rest(bakery: Bakery) -> None:
    bakery.write("a.csv", LINES + BAD)
    bakery.land()
    before = only(bakery)

    told = rewrite_load(bakery.workspace, KEY, before, CHANGE)

    assert told == Rewritten(rows=1, changed=2, quarantined=1)
    load = only(bakery)
    assert (load.rows_read, load.rows_accepted, load.rows_quarantined, load.rows_expired) == (5, 2, 1, 2)
    assert sum(load.quarantine_reasons.values()) == 1
    assert load.max_occurred_at == before.max_occurred_at
    assert bakery.rows().get_column("store_id").to_list() == ["east", "east"]
    rows = read_quarantine(bakery.workspace.quarantine, KEY, "tills", "pos_lines", load.load_id)
    assert [row.raw["card"] for row in rows] == ["C-78"]


def test_nothing_to_do_changes_no_byte(bakery: Bakery) -> None:
    bakery.write("a.csv", LINES)
    bakery.land()
    load = only(bakery)
    before = {path.name: path.stat().st_mtime_ns for path in load.folder.iterdir()}

    assert rewrite_load(bakery.workspace, KEY, load, Change(lambda rows: rows, lambda _: True, "rows_expired")) == (
        Rewritten()
    )
    assert {path.name: path.stat().st_mtime_ns for path in load.folder.iterdir()} == before


@pytest.mark.parametrize("killed_before", range(1, 9))
def test_a_kill_anywhere_leaves_what_the_next_call_completes(bakery: Bakery, killed_before: int) -> None:
    bakery.write("a.csv", LINES + BAD)
    bakery.land()

    _killed(bakery, killed_before)
    finish_rewrites(bakery.workspace)
    rewrite_load(bakery.workspace, KEY, only(bakery), CHANGE)

    load = only(bakery)
    assert (load.rows_accepted, load.rows_quarantined, load.rows_expired) == (2, 1, 2)
    assert "coffee" not in bakery.rows().get_column("product_id").to_list()
    assert list(bakery.workspace.root.rglob("*rewritten*")) == []


class Killed(BaseException):
    """Stands for a kill: nobody catches it."""


def _killed(bakery: Bakery, at: int) -> None:
    """Rewrite until the n-th change of a file, which does not happen any more."""
    left = [at]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        changes = event in ("os.rename", "os.remove") or (event == "open" and arguments[1] in ("w", "wb", "r+b"))
        if left[0] and changes and str(arguments[0]).startswith(str(bakery.workspace.root)):
            left[0] -= 1
            if not left[0]:
                raise Killed

    sys.addaudithook(hook)
    with contextlib.suppress(Killed):
        rewrite_load(bakery.workspace, KEY, only(bakery), CHANGE)
    left[0] = 0
