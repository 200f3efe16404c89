"""docs/add_a_source.md is true: its example is a valid workspace, its tables name every option and every stream."""

from __future__ import annotations

import re
from pathlib import Path

from orchestration.connectors.mapping_spec import ColumnMapping, StreamMapping
from orchestration.connectors.streams import STREAMS, Column, Stream
from orchestration.settings import load_settings

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
