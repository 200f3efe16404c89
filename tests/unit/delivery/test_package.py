"""Which files a target gets, and when its latest moves."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.exports.delivery.package import Item, Package, is_the_same, is_wanted, moves_latest
from orchestration.exports.delivery.servers import timed
from orchestration.exports.delivery.spec import Delivery

FOLDER = {"name": "a", "kind": "folder", "path": "x"}
SQL = {"name": "a", "kind": "postgres", "sql": {"url": "postgresql://h/d"}}


@pytest.mark.parametrize(
    ("table", "name", "wanted"),
    [
        (FOLDER, "exports/reach.xlsx", True),
        (FOLDER, "report/index.html", False),
        (FOLDER, "warehouse.duckdb", False),
        (FOLDER, "state.json", False),
        (FOLDER, "scores/ambassador.parquet", False),
        ({**FOLDER, "include": ["report"]}, "report/figures/a.svg", True),
        ({**FOLDER, "formats": ["csv"]}, "exports/reach.parquet", False),
        ({**FOLDER, "formats": ["csv"]}, "exports/data_dictionary.json", True),
        ({**FOLDER, "outputs": ["moments"]}, "exports/reach.csv", False),
        ({**FOLDER, "outputs": ["moments"]}, "exports/moments.csv", True),
        (SQL, "exports/reach.parquet", True),
        (SQL, "exports/reach.csv", False),
        ({**SQL, "outputs": ["moments"]}, "exports/reach.parquet", False),
    ],
)
def test_a_target_gets_what_it_asks_for(table: dict[str, Any], name: str, wanted: bool) -> None:
    assert is_wanted(Delivery.model_validate(table), name) is wanted


@pytest.mark.parametrize(
    ("as_of", "sequence", "moves"),
    [("2026-01-01", 1, True), ("2026-01-02", 4, True), ("2026-01-02", 6, False), ("2026-01-03", 1, False)],
)
def test_latest_moves_to_a_later_day_or_to_a_later_run_of_the_day(as_of: str, sequence: int, moves: bool) -> None:
    package = Package("t", "Oat", "g", "2026-01-02", 5, ())
    assert moves_latest(package, {"as_of": as_of, "published_sequence": sequence}) is moves
    assert moves_latest(package, None)


def test_other_bytes_under_the_same_name_are_not_the_same() -> None:
    package = Package("t", "Oat", "g", "2026-01-02", 5, (Item("exports/a.csv", 1, "aa"),))
    assert is_the_same(package, package.manifest())
    assert not is_the_same(package, {**package.manifest(), "files": {}})
    assert not is_the_same(package, {**package.manifest(), "brand": "Rye"})


def test_a_servers_own_words_hold_over_the_time_of_an_answer() -> None:
    s3 = {"name": "a", "kind": "s3", "path": "s3://b", "timeout_seconds": 5}
    limits = timed(Delivery.model_validate(s3)).options["config_kwargs"]
    assert limits == {"connect_timeout": 5, "read_timeout": 5, "retries": {"max_attempts": 0}}
    own = {**s3, "server": {"options": {"config_kwargs": {"read_timeout": 9}}}}
    assert timed(Delivery.model_validate(own)).options["config_kwargs"] == {"read_timeout": 9}
