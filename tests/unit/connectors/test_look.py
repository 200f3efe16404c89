"""`nanolift connect test`: what a source shows before anything is landed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from orchestration.connect import try_source
from orchestration.errors import ConfigurationError

HEAD = '[brand]\nname = "Bakery"\ntimezone = "Europe/Paris"\ncurrency = "EUR"\n'
STORES = (
    '[[sources.streams]]\nstream = "stores"\n{origin}\n[sources.streams.columns]\nstore_id = "shop"\nlatitude = "lat"\n'
)


def _workspace(tmp_path: Path, source: str, origin: str) -> Path:
    (tmp_path / "nanolift.toml").write_text(
        f"{HEAD}[[sources]]\n{source}\n{STORES.format(origin=origin)}", encoding="utf-8"
    )
    return tmp_path


def test_a_file_shows_its_rows_what_does_not_fit_and_what_is_not_mapped(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path, 'name = "tills"\nkind = "csv"', 'path = "stores_*.csv"')
    (tmp_path / "stores_1.csv").write_text("shop,lat,owner\nold,1,x\n", encoding="utf-8")
    (tmp_path / "stores_2.csv").write_text("shop,lat,owner\nnorth,48.8,Ada\nsouth,91,Bo\n", encoding="utf-8")
    told, healthy = try_source(workspace, "tills")
    assert healthy
    assert "stores_2.csv shows 2 rows, 1 of them fit the mapping" in told
    assert "latitude: above 90" in told and "not mapped: owner" in told
    assert "Ada" not in told and not (tmp_path / "landing").exists()


def test_a_database_shows_a_batch_and_a_missing_column_by_name(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("create table stores (shop text, lat real)")
        database.execute("insert into stores values ('north', 48.8), ('south', 43.3)")
    source = f'name = "erp"\nkind = "sql"\n[sources.sql]\nurl = "sqlite:///{tmp_path / "shop.db"}"'
    told, healthy = try_source(_workspace(tmp_path, source, 'sql = { table = "stores" }'), "erp")
    assert healthy and "shows 2 rows, 2 of them fit the mapping" in told
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("alter table stores rename column lat to latitude")
    told, healthy = try_source(tmp_path, "erp")
    assert not healthy and "NOT READ" in told and "lat" in told


def test_a_service_that_does_not_answer_is_told_without_its_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "hush-hush")
    source = (
        'name = "shop"\nkind = "rest"\n[sources.rest]\nbase_url = "http://127.0.0.1:9"\ndeadline_seconds = 1\n'
        '[sources.rest.auth]\nkind = "bearer"\ntoken_env = "SHOP_TOKEN"'
    )
    told, healthy = try_source(_workspace(tmp_path, source, 'rest = { path = "stores" }'), "shop")
    assert not healthy and "stores: NOT READ" in told
    assert "hush" not in told


def test_a_source_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path, 'name = "tills"\nkind = "csv"', 'path = "x.csv"')
    with pytest.raises(ConfigurationError, match=r"no source 'till'; there are \['tills'\]"):
        try_source(workspace, "till")
    told, healthy = try_source(workspace, "tills")
    assert not healthy and "no file at" in told


def test_a_column_that_is_not_there_is_told_also_where_its_rows_would_be_set_aside(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path, 'name = "tills"\nkind = "csv"', 'path = "stores.csv"\non_drift = "quarantine"')
    (tmp_path / "stores.csv").write_text("shop,latitude\nnorth,48.8\n", encoding="utf-8")
    told, healthy = try_source(workspace, "tills")
    assert not healthy and "0 of them fit the mapping" in told
    assert "lat: the source has no such column" in told
