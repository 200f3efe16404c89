"""Files: the same bytes twice, no formula or link from data, a cell that is empty where nothing is reported."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.exports import workbook
from orchestration.exports.cells import harmless, plain
from orchestration.exports.context import ExportContext
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.facade import write_exports, write_report
from orchestration.exports.workbook import LONGEST_TEXT
from orchestration.exports.writers import ALL_OUTPUTS

FORMULAS = (
    "=1+1",
    '=HYPERLINK("http://evil.example","x")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "'=1+1",
    "x;=1+1",
    'a","=1+1',
    "http://evil.example/",
    "mailto:a@evil.example",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "</title></svg><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
)
_KEYS = (
    "campaign_id",
    "consumer_key",
    "name",
    "outcome",
    "note",
    "reason_1",
    "reason_2",
    "model_id",
    "source",
    "stream",
)


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def poison(frames: dict[str, pl.DataFrame], payload: str) -> dict[str, pl.DataFrame]:
    """Every free text of every input begins with the payload; keys stay distinct and joinable."""
    return {
        name: frame.with_columns(
            (pl.lit(payload) + pl.col(column)).alias(column) for column in frame.columns if column in _KEYS
        )
        for name, frame in frames.items()
    }


def publish(frames: dict[str, pl.DataFrame], context: ExportContext, folder: Path) -> Path:
    write_exports(frames, context, folder / "exports")
    write_report(folder / "exports", context, folder / "report")
    return folder


def test_every_output_is_written_in_every_format_with_the_dictionary(frames, context, tmp_path: Path) -> None:
    publish(frames, context, tmp_path)
    wanted = {f"exports/{name}.{kind}" for name in OUTPUTS for kind in ("parquet", "csv", "xlsx")}
    wanted |= {"exports/data_dictionary.csv", "exports/data_dictionary.json", "report/index.html"}
    wanted |= {f"report/campaigns/{name}.html" for name in ("spring", "lone", "empty")}
    wanted |= {f"exports/{ALL_OUTPUTS}.xlsx"}
    assert set(digests(tmp_path)) == wanted


def test_two_runs_give_the_same_bytes_whatever_the_order_of_rows(frames, context, tmp_path: Path) -> None:
    shuffled = {name: frame.reverse() for name, frame in frames.items()}
    first, second = publish(frames, context, tmp_path / "a"), publish(shuffled, context, tmp_path / "b")
    assert digests(first) == digests(second)


def test_one_changed_input_row_changes_the_bytes(frames, context, tmp_path: Path) -> None:
    first = publish(frames, context, tmp_path / "a")
    frames["fct_campaign_costs"] = frames["fct_campaign_costs"].with_columns(pl.col("amount_minor") + 1)
    second = publish(frames, context, tmp_path / "b")
    assert digests(first)["exports/campaign_results.xlsx"] != digests(second)["exports/campaign_results.xlsx"]


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_payload_is_live_in_a_workbook(frames, context, tmp_path: Path, payload: str) -> None:
    write_exports(poison(frames, payload), replace(context, brand_name=payload), tmp_path)
    for name in (*OUTPUTS, ALL_OUTPUTS):
        with zipfile.ZipFile(tmp_path / f"{name}.xlsx") as book:
            parts = {
                part: book.read(part).decode("utf-8") for part in book.namelist() if part.endswith((".xml", ".rels"))
            }
        sheets = [text for part, text in parts.items() if part.startswith("xl/worksheets/")]
        assert not any("<f>" in text or "<f " in text or "<hyperlink" in text for text in sheets)
        assert not any("hyperlink" in part_text for part, part_text in parts.items() if part.endswith(".rels"))


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_cell_of_a_csv_begins_with_a_formula_and_none_is_lost(frames, context, tmp_path: Path, payload: str) -> None:
    write_exports(poison(frames, payload), context, tmp_path)
    for name in OUTPUTS:
        table = pl.read_parquet(tmp_path / f"{name}.parquet")
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        for column in (column for column in table.columns if table.schema[column] == pl.String):
            cells = [row[header.index(column)] for row in rows]
            assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "＝") for cell in cells if cell)
            assert [plain(cell) or None for cell in cells] == table.get_column(column).to_list()


@given(st.text(alphabet="'=+-@;,|\"\t\r\n＝ab \x00\u200b\u3000", max_size=12))
def test_making_a_cell_harmless_loses_nothing(text: str) -> None:
    safe = pl.DataFrame({"x": [text]}).select(harmless(pl.col("x"))).item()
    assert plain(safe) == text
    for separator in ';,|"\t':
        assert not any(part[:1] in tuple("=+-@＝") for part in safe.split(separator) if part)


@pytest.mark.parametrize(
    "dropped", ["\x00", "\x0b", "\x1f", "\x7f", "\u200b", "\ufeff", "\u2060", "\xad", "\u202e", "'\x00"]
)
@pytest.mark.parametrize("sign", ["=", "+", "@"])
def test_what_a_spreadsheet_drops_hides_no_formula_behind_it(dropped: str, sign: str) -> None:
    texts = [f"{dropped}{sign}1+1", f"x;{dropped}{sign}1+1"]
    safe = pl.DataFrame({"x": texts}).select(harmless(pl.col("x"))).to_series().to_list()
    assert safe == [f"'{dropped}{sign}1+1", f"x;'{dropped}{sign}1+1"]
    assert [plain(text) for text in safe] == texts


@pytest.mark.parametrize("blank", [" ", "\xa0", "\u2003", "\u3000"])
def test_a_blank_at_the_beginning_hides_no_formula_and_one_within_a_sentence_is_none(blank: str) -> None:
    texts = [f"{blank}=1+1", f"sun,{blank}- rain"]
    safe = pl.DataFrame({"x": texts}).select(harmless(pl.col("x"))).to_series().to_list()
    assert safe == [f"'{blank}=1+1", texts[1]]


def test_ordinary_texts_and_negative_numbers_stay_as_they_are(frames, context, tmp_path: Path) -> None:
    texts = ["Spring tasting", "5 to 10", "it's", "a-b", "1, 2"]
    assert pl.DataFrame({"x": texts}).select(harmless(pl.col("x"))).to_series().to_list() == texts
    write_exports(frames, context, tmp_path)
    assert pl.read_csv(tmp_path / "uplift_scores.csv").get_column("expected_extra").min() == -0.1


def test_a_workbook_shows_basis_preset_and_dictionary_and_freezes_its_heading(frames, context, tmp_path: Path) -> None:
    write_exports(frames, context, tmp_path)
    book = openpyxl.load_workbook(tmp_path / "ambassador_scores.xlsx")
    assert book.sheetnames == ["ambassador_scores", "about", "data dictionary"]
    assert book["ambassador_scores"].freeze_panes == "B2"
    about = {str(row[0].value): str(row[1].value) for row in book["about"].iter_rows()}
    assert about["basis"] == "social: research_dataset, till: consent"
    assert about["tier preset"].startswith("nano below 1,000, micro to 100,000")
    assert about["as of"] == "2026-06-30 (Europe/Paris)"
    assert about["model uplift"] == "promoted: beats ranking at random"
    assert len(list(book["data dictionary"].rows)) == 1 + len(OUTPUTS["ambassador_scores"].columns)


def test_the_workbook_of_a_run_has_every_output_and_says_where_a_list_goes_on(
    frames, context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "ROWS_SHOWN", 1)
    write_exports(frames, context, tmp_path)
    book = openpyxl.load_workbook(tmp_path / f"{ALL_OUTPUTS}.xlsx")
    assert book.sheetnames == ["contents", *OUTPUTS, "about", "data dictionary"]
    contents = {row[0].value: (row[4].value, row[5].value) for row in book["contents"].iter_rows(min_row=2)}
    for name in OUTPUTS:
        rows = len(pl.read_parquet(tmp_path / f"{name}.parquet"))
        assert contents[name] == (rows, min(rows, 1))
        assert len([row for row in book[name].iter_rows(min_row=2) if row[0].value is not None]) == min(rows, 1)
        assert book[name].freeze_panes == "B2"
        assert book[name].auto_filter.ref is not None
    assert contents["ambassador_scores"] == (2, 1)
    assert len(list(book["data dictionary"].rows)) == 1 + sum(len(output.columns) for output in OUTPUTS.values())


def test_a_workbook_shows_money_in_main_units_and_unknown_as_empty(frames, context, tmp_path: Path) -> None:
    write_exports(frames, context, tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "ambassador_scores.xlsx")["ambassador_scores"]
    heading = [cell.value for cell in sheet[1]]
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[heading.index("Expected extra sales")] for row in values] == [80, 12.5]
    moments = [row[heading.index("Last moment")] for row in values]
    assert moments == [None, None]


def test_a_text_longer_than_a_cell_is_cut_with_a_word_about_it(frames, context, tmp_path: Path) -> None:
    frames["dim_campaigns"] = frames["dim_campaigns"].with_columns(name=pl.lit("x" * 40_000))
    write_exports(frames, context, tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "campaign_results.xlsx")["campaign_results"]
    text = str(sheet["B2"].value)
    assert len(text) == LONGEST_TEXT and text.endswith("[cut: the whole text is in the CSV]")


def test_parquet_carries_basis_and_version_in_its_metadata(frames, context, tmp_path: Path) -> None:
    write_exports(frames, context, tmp_path)
    metadata = pl.read_parquet_metadata(tmp_path / "uplift_scores.parquet")
    assert metadata["nanolift.basis"] == "social: research_dataset, till: consent"
    assert metadata["nanolift.version"] == "1"


def test_the_dictionary_says_what_an_empty_cell_means(frames, context, tmp_path: Path) -> None:
    write_exports(frames, context, tmp_path)
    words = json.loads((tmp_path / "data_dictionary.json").read_text(encoding="utf-8"))
    by_column = {(word["output"], word["column"]): word for word in words}
    moment = by_column["ambassador_candidates", "last_moment"]
    assert moment["an_empty_cell_means"].startswith("none told: ")
    assert len(words) == sum(len(output.columns) for output in OUTPUTS.values())
