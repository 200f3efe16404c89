"""docs/add_a_source.md is true: its example is a valid workspace, its tables name every option and every stream."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import polars as pl
from pydantic import SecretStr

from orchestration.connect import try_source
from orchestration.connectors.files_spec import FileServer
from orchestration.connectors.landing import land_source
from orchestration.connectors.mapping_spec import ColumnMapping, StreamMapping
from orchestration.connectors.presets import preset_names
from orchestration.connectors.streams import STREAMS, Column, Stream
from orchestration.settings import load_settings
from orchestration.workspace import Workspace

PAGE = Path(__file__).resolve().parents[2] / "docs" / "add_a_source.md"


def _block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def _described(column: Column) -> str:
    mark = " (person)" if column.reference else " (text)" if column.is_text else ""
    return f"`{column.name}`{mark}"


def streams_table() -> str:
    """The page's table of streams, as it must read."""

    def row(stream: Stream) -> str:
        required = ", ".join(_described(column) for column in stream.columns if column.required)
        optional = ", ".join(_described(column) for column in stream.columns if not column.required)
        return f"| `{stream.name}` | {stream.grain} | {required} | {optional} |"

    rows = "\n".join(row(stream) for stream in STREAMS.values())
    return f"| stream | grain | required | may be left out |\n| --- | --- | --- | --- |\n{rows}\n"


def test_the_example_is_a_valid_configuration(tmp_path: Path) -> None:
    configuration = tmp_path / "nanolift.toml"
    configuration.write_text(_block("toml"), encoding="utf-8")
    settings = load_settings(configuration)
    header = _block("csv").splitlines()[0].split(";")
    asked = [mapping.column for mapping in settings.sources[0].streams[0].columns.values() if mapping.column]
    assert set(asked) <= set(header)


def test_a_look_at_the_example_says_what_fits_and_lands_nothing(tmp_path: Path) -> None:
    (tmp_path / "nanolift.toml").write_text(_block("toml"), encoding="utf-8")
    (tmp_path / "incoming").mkdir()
    (tmp_path / "incoming" / "receipts_2026-10.csv").write_text(_block("csv"), encoding="utf-8")
    told, healthy = try_source(tmp_path, "tills")
    assert healthy and "shows 5 rows, 4 of them fit the mapping" in told
    assert not (tmp_path / "landing").exists()


def test_every_preset_is_listed_and_has_a_page_that_says_how_it_was_tested() -> None:
    listed = re.search(r"^Presets: ([^.]+)\.", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed is not None and listed[1].split(", ") == preset_names()
    for name in preset_names():
        page = (PAGE.parent / "connectors" / f"{name}.md").read_text(encoding="utf-8").lower()
        assert "fixtures only" in page or "live" in page, name


def test_the_page_of_servers_explains_every_option() -> None:
    text = (PAGE.parent / "connectors" / "files.md").read_text(encoding="utf-8")
    assert [name for name in FileServer.model_fields if f"| `{name}` |" not in text] == []


def test_the_example_lands_as_the_page_says(tmp_path: Path) -> None:
    """Five rows read, one set aside; 5.80 + 3.20 + 17.40 - 2.90 = 23.50; 09:14 in Paris is 07:14 UTC in October."""
    (tmp_path / "nanolift.toml").write_text(_block("toml"), encoding="utf-8")
    (tmp_path / "incoming").mkdir()
    (tmp_path / "incoming" / "receipts_2026-10.csv").write_text(_block("csv"), encoding="utf-8")
    settings = load_settings(tmp_path / "nanolift.toml")
    [landed] = land_source(
        settings.sources[0],
        settings.sources[0].streams,
        Workspace.at(tmp_path),
        key=SecretStr("a key of this test alone, long enough"),
        loaded_at=datetime(2026, 11, 1, 3),
        real_data=tmp_path,
        brand_timezone=settings.brand.timezone,
    )
    assert (landed.rows_read, landed.rows_accepted, landed.rows_quarantined, landed.rows_duplicate) == (5, 4, 1, 0)
    rows = pl.read_parquet(tmp_path / "landing" / "tills" / "pos_lines" / landed.load_id / "data.parquet")
    assert rows["net_amount_minor"].sum() == 2350
    assert rows["sold_at"].min() == datetime(2026, 10, 3, 7, 14)
    assert rows["channel"].to_list() == ["store", "store", "online", "store"]
    assert rows["is_return"].to_list() == [False, False, False, True]
    assert "C-77" not in str(rows.to_dicts())


def test_the_page_explains_every_option_of_a_mapping() -> None:
    text = PAGE.read_text(encoding="utf-8")
    options = {*ColumnMapping.model_fields, *StreamMapping.model_fields}
    explained = {
        name for row in re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert options - explained == set()


def test_the_page_lists_every_stream_with_its_columns() -> None:
    found = re.search(r"<!-- streams -->\n(.*?)<!-- /streams -->", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    assert found[1] == streams_table()
