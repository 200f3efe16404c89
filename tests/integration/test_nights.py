"""Night after night on the tiny market: same input, same bytes; new input, new bytes; both ways of building agree."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.generations import Generation, current
from orchestration.publishing import verify
from orchestration.workspace import Build
from tests.integration.conftest import DAY, NEXT_DAY, Market, exported_bytes


def landed_rows(market: Market) -> int:
    return sum(
        int(duckdb.sql(f"select count(*) from '{file}'").fetchall()[0][0])
        for file in market.workspace.landing.glob("*/*/*/data.parquet")
    )


def mart_hashes(generation: Generation) -> dict[str, str]:
    """Hash of the sorted rows of every mart."""
    with duckdb.connect(str(Build(generation.path).warehouse), read_only=True) as connection:
        query = "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
        names = [name for (name,) in connection.execute(query).fetchall()]
        rows = {
            name: sorted(map(repr, connection.execute(f'select * from marts."{name}"').fetchall())) for name in names
        }
    return {name: hashlib.sha256("\n".join(lines).encode()).hexdigest() for name, lines in rows.items()}


def test_a_second_night_with_nothing_new_lands_no_row_and_publishes_the_same_bytes(market: Market) -> None:
    before, rows = market.published(), landed_rows(market)

    assert market.run().succeeded

    assert landed_rows(market) == rows
    assert market.published().name != before.name
    assert exported_bytes(market.published()) == exported_bytes(before)


def test_the_next_day_changes_the_exports_and_both_ways_of_building_give_equal_marts(market: Market) -> None:
    before = market.published()

    brought_up_to_date = market.run(NEXT_DAY)
    assert brought_up_to_date.succeeded, brought_up_to_date.message
    incremental = market.published()
    assert exported_bytes(incremental) != exported_bytes(before)

    assert market.run(NEXT_DAY, full_refresh=True).succeeded
    afresh = market.published()
    assert afresh.name != incremental.name
    assert mart_hashes(afresh) == mart_hashes(incremental)
    assert exported_bytes(afresh) == exported_bytes(incremental)


def test_an_earlier_day_is_published_beside_the_current_one_and_does_not_move_it(market: Market) -> None:
    before = market.published()

    outcome = market.run(date(2025, 6, 29))

    assert outcome.succeeded, outcome.message
    assert market.published().name == before.name
    assert (market.workspace.generations / before.name).is_dir()
    days = {Generation(path).as_of for path in market.workspace.generations.iterdir()}
    assert days == {DAY, date(2025, 6, 29)}


def test_every_published_file_is_in_the_manifest_with_its_hash(first_night: Market) -> None:
    generation = first_night.published()

    assert verify(generation) == len(generation.manifest["files"]) > 20


def test_the_truth_of_the_world_is_no_part_of_what_is_published(first_night: Market) -> None:
    names = {path.stem for path in first_night.workspace.demo_truth.glob("*.parquet")}
    with duckdb.connect(str(Build(first_night.published().path).warehouse), read_only=True) as connection:
        columns = {c for (c,) in connection.execute("select column_name from information_schema.columns").fetchall()}

    assert "incremental_sales" in names
    assert not columns & {"base_probability", "uplift_if_accepted", "through_others_minor", "incremental_minor"}


def test_one_changed_input_row_changes_the_exports(market: Market) -> None:
    before = exported_bytes(market.published())
    file = next(market.workspace.demo_world.glob("pos_lines/*.parquet"))
    _sell_a_thousand_times_more(file)

    outcome = market.run()

    assert outcome.succeeded, outcome.message
    assert exported_bytes(market.published()) != before


def _sell_a_thousand_times_more(file: Path) -> None:
    """Change the amount of one till line of a known shopper in the delivered file, from outside."""
    import polars as pl

    rows = pl.read_parquet(file).with_row_index()
    chosen = rows.filter(pl.col("consumer_ref").is_not_null(), ~pl.col("is_return"))["index"][-1]
    changed = pl.when(pl.col("index") == chosen).then(pl.col("net_amount_minor") + 1_000)
    rows = rows.with_columns(net_amount_minor=changed.otherwise(pl.col("net_amount_minor"))).drop("index")
    rows.write_parquet(file)


@pytest.mark.parametrize("where", ["warehouse.duckdb", "exports/campaign_results.csv"])
def test_a_damaged_generation_is_named_by_verify(market: Market, where: str) -> None:
    from orchestration.errors import IntegrityError

    generation = current(market.workspace)
    assert generation is not None
    file = generation.path / where
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 0xFF]))

    with pytest.raises(IntegrityError, match=file.name):
        verify(generation)
