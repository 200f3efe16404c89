"""Readers keep every record: as a row of texts, or as a malformed one with its reason."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.connectors import readers_csv, readers_csv_blocks
from orchestration.connectors.base import FILE_ROW
from orchestration.connectors.parse import parse_file
from orchestration.connectors.readers import Malformed, Task, WrongFileError, open_text, read


def parsed(path: Path, kind: str, *columns: str, **how: str) -> tuple[list[tuple[object, ...]], list[Malformed]]:
    batches = list(read(Task(kind, path, columns, **how)))
    rows = [row for batch in batches for row in pl.DataFrame(pl.from_arrow(batch.table)).iter_rows()]
    return rows, [record for batch in batches for record in batch.malformed]


def csv_file(folder: Path, content: str | bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_values_stay_the_text_they_were(tmp_path: Path) -> None:
    path = csv_file(tmp_path, '\ufeffid,amount,note\r\n007,1.50,"a ""b"", c"\r\n\r\n8,,x\r\n')
    rows, malformed = parsed(path, "csv", "id", "amount", "note")
    assert rows == [(1, "007", "1.50", 'a "b", c'), (2, "8", "", "x")]
    assert malformed == []


def test_a_gzip_file_is_recognised_by_its_content(tmp_path: Path) -> None:
    path = csv_file(tmp_path, gzip.compress(b"a;b\n1;2\n"))
    assert parsed(path, "csv", "b", delimiter=";") == ([(1, "2")], [])


def test_a_row_with_another_number_of_fields_is_malformed(tmp_path: Path) -> None:
    rows, malformed = parsed(csv_file(tmp_path, "a,b\n1,2\n3\n4,5,6\n7,8\n"), "csv", "a")
    assert rows == [(1, "1"), (4, "7")]
    assert [(bad.row_no, bad.reason, bad.raw) for bad in malformed] == [
        (2, "file: 1 fields instead of 2", "3\n"),
        (3, "file: 3 fields instead of 2", "4,5,6\n"),
    ]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    rows, malformed = parsed(csv_file(tmp_path, 'a,b\n1,"x\n2,y\n3,"z"\n4,w\n'), "csv", "a", "b")
    assert [row[1:] for row in rows] == [("2", "y"), ("3", "z"), ("4", "w")]
    assert [bad.raw for bad in malformed] == ['1,"x\n']


def test_a_quoted_value_may_hold_line_breaks(tmp_path: Path) -> None:
    assert parsed(csv_file(tmp_path, 'a,b\n1,"x\ny"\n2,z\n'), "csv", "b") == ([(1, "x\ny"), (2, "z")], [])


def test_bytes_of_another_encoding_are_malformed_and_the_right_encoding_reads_them(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "a,b\n1,café\n2,tea\n".encode("cp1252"))
    rows, malformed = parsed(path, "csv", "b")
    assert rows == [(2, "tea")]
    assert [(bad.row_no, bad.reason) for bad in malformed] == [(1, "file: not utf-8")]
    assert parsed(path, "csv", "b", encoding="cp1252") == ([(1, "café"), (2, "tea")], [])


def test_a_missing_column_names_itself_and_how_many_there_are(tmp_path: Path) -> None:
    with pytest.raises(WrongFileError, match=r"no column \['price'\] among its 2 columns"):
        parsed(csv_file(tmp_path, "a,b\n"), "csv", "a", "price")


def test_an_empty_file_is_refused_and_one_with_a_header_has_no_rows(tmp_path: Path) -> None:
    with pytest.raises(WrongFileError, match="empty"):
        parsed(csv_file(tmp_path, ""), "csv", "a")
    assert parsed(csv_file(tmp_path, "a,b\n"), "csv", "a") == ([], [])


VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.tuples(VALUES, VALUES), max_size=6))
def test_what_the_standard_writer_wrote_is_read_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    read_back, malformed = parsed(csv_file(tmp_path, text.getvalue()), "csv", "a", "b")
    assert [row[1:] for row in read_back] == rows
    assert malformed == []


def test_json_numbers_keep_their_digits_and_dotted_paths_reach_into_objects(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text('{"n": 0.10, "who": {"id": 12345678901234567890}, "tags": ["a"], "ok": true}\n{"n": null}\n')
    rows, malformed = parsed(path, "jsonl", "n", "who.id", "tags", "ok")
    assert rows == [(1, "0.10", "12345678901234567890", '["a"]', "true"), (2, None, None, None, None)]
    assert malformed == []


def test_lines_that_are_no_json_object_are_malformed(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(b'{"a": 1}\n{"a": \n[1]\n{"a": "\xff"}\n{"a": 2}\n')
    rows, malformed = parsed(path, "jsonl", "a")
    assert rows == [(1, "1"), (5, "2")]
    assert [bad.reason for bad in malformed] == ["file: not JSON", "file: not a JSON object", "file: not utf-8"]


def test_half_a_character_costs_neither_its_row_nor_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text('{"a": "cut \\ud83d", "b": ["\\udc00"]}\n{"a": "whole \\ud83d\\ude00", "b": []}\n')
    rows, malformed = parsed(path, "jsonl", "a", "b")
    assert rows == [(1, "cut \ufffd", '["\ufffd"]'), (2, "whole 😀", "[]")]
    assert malformed == []


def test_a_column_that_no_line_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text('{"a": 1}\n')
    with pytest.raises(WrongFileError, match=r"no column \['b'\]"):
        parsed(path, "jsonl", "b")


def test_parquet_keeps_its_types_and_only_the_columns_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    pl.DataFrame({"a": [1.5, None], "b": ["x", "y"], "c": [1, 2]}).write_parquet(path)
    batches = list(read(Task("parquet", path, ("a", "b"))))
    assert batches[0].table.column_names == [FILE_ROW, "a", "b"]
    assert batches[0].columns_found == ("a", "b", "c")
    assert parsed(path, "parquet", "a", "b") == ([(1, 1.5, "x"), (2, None, "y")], [])


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    path.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(WrongFileError, match="no readable Parquet"):
        parsed(path, "parquet", "a")


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_columns_that_came_later_are_kept_aside_with_their_rows(tmp_path: Path, kind: str) -> None:
    task = _with_a_new_column(tmp_path, kind)
    (batch,) = read(replace(task, known=("a", "b")))
    assert [(number, {name: str(value) for name, value in values.items()}) for number, values in batch.aside] == [
        (1, {"c": "7"})
    ]
    assert batch.table.column_names == [FILE_ROW, "a"]
    (unwatched,) = read(task)
    assert unwatched.aside == ()


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_column_that_may_be_lacking_is_null_and_another_is_refused(tmp_path: Path, kind: str) -> None:
    task = replace(_with_a_new_column(tmp_path, kind), columns=("a", "gone"))
    (batch,) = read(replace(task, may_lack=("gone",)))
    assert batch.table.column("gone").to_pylist() == [None, None]
    with pytest.raises(WrongFileError, match=r"has no column \['gone'\]"):
        list(read(task))


def _with_a_new_column(tmp_path: Path, kind: str) -> Task:
    path = tmp_path / f"rows.{kind}"
    if kind == "csv":
        path.write_text("a,b,c\n1,2,7\n3,4,\n", encoding="utf-8")
    elif kind == "jsonl":
        path.write_text('{"a": 1, "b": 2, "c": 7}\n{"a": 3, "b": 4, "c": null}\n', encoding="utf-8")
    else:
        pq.write_table(pa.table({"a": [1, 3], "b": [2, 4], "c": [7, None]}), path)
    return Task(kind, path, ("a",))


def test_a_file_of_blank_lines_is_empty(tmp_path: Path) -> None:
    with pytest.raises(WrongFileError, match="not even a header"):
        parsed(csv_file(tmp_path, "\n\n\n"), "csv", "a")


def test_a_file_that_unzips_beyond_all_measure_is_not_read_on(tmp_path: Path) -> None:
    bomb = gzip.compress(b"a,b\n" + b"0" * 80_000_000, 1)
    assert len(bomb) < 80_000_000 / 200
    for kind in ("csv", "jsonl"):
        with pytest.raises(WrongFileError, match="unzips to more than 200 times"):
            parsed(csv_file(tmp_path, bomb), kind, "a")


@pytest.mark.parametrize("before", ["", '3,"open\n'])
def test_a_line_longer_than_any_honest_one_costs_itself_and_no_other(tmp_path: Path, before: str) -> None:
    path = csv_file(tmp_path, f"a,b\n1,x\n{before}2,{'y' * 9_000_000}\n4,z\n")
    rows, malformed = parsed(path, "csv", "a", "b")
    assert [row[1:] for row in rows] == [("1", "x"), ("4", "z")]
    assert [bad.raw[:7] for bad in malformed] == ([before.strip()] if before else []) + ["2,yyyyy"]


def test_a_damaged_zip_is_refused_as_what_cannot_be_read(tmp_path: Path) -> None:
    zipped = gzip.compress(b"a,b\n" + bytes(range(48, 58)) * 20)
    path = csv_file(tmp_path, zipped[:12] + b"\xff" * 8 + zipped[20:])
    with pytest.raises(WrongFileError, match=r"cannot be read to its end \(error\)"):
        parse_file(Task("csv", path, ("a",)), tmp_path / "out")


def test_a_parquet_text_that_is_no_utf8_is_refused_here_and_never_reaches_the_writing_process(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    pq.write_table(pa.table({"card": ["C-77"]}), path, use_dictionary=False, compression="none", write_statistics=False)
    path.write_bytes(path.read_bytes().replace(b"C-77", b"C\xb877"))
    with pytest.raises(WrongFileError, match="no readable Parquet"):
        parsed(path, "parquet", "card")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(["1", "a", "é", ",", "\n", "\r\n", "\r", '"', "\0", " ", "\ufeff", "b,c\n"]), max_size=40),
    st.booleans(),
)
def test_a_csv_file_is_read_the_same_block_by_block_and_line_by_line(
    tmp_path: Path, pieces: list[str], is_cut: bool
) -> None:
    content = ("a,b\n" + "".join(pieces)).encode()
    path = csv_file(tmp_path, content.replace("é".encode(), b"\xc3", 1) if is_cut else content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers_csv_blocks, "BLOCK_BYTES", 16)
        blocks = parsed(path, "csv", "a", "b")
        patch.setattr(readers_csv_blocks.Blocks, "plain", lambda self: None)
        lines = parsed(path, "csv", "a", "b")
        patch.setattr(readers_csv, "_opened", open_text)
        strict = parsed(path, "csv", "a", "b")
    assert blocks == lines == strict


def test_columns_that_came_later_are_kept_aside_of_plain_blocks_and_others(tmp_path: Path) -> None:
    path = csv_file(tmp_path, 'a,new\n1,x\n2,\n"3",z\n')
    batches = list(read(Task("csv", path, ("a",), known=("a",))))
    assert [each for batch in batches for each in batch.aside] == [(1, {"new": "x"}), (3, {"new": "z"})]


def test_a_broken_record_with_bytes_of_another_encoding_can_be_kept(tmp_path: Path) -> None:
    rows, malformed = parsed(csv_file(tmp_path, b"a,b\n1,x\n2,\xb6,y\n3,z\n"), "csv", "a")
    assert [row[1:] for row in rows] == [("1",), ("3",)]
    assert [bad.raw.encode() for bad in malformed] == [b"2,\\udcb6,y\n"]


def test_a_header_of_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongFileError, match="header line that is not utf-8"):
        parsed(csv_file(tmp_path, b"a,\xb6\n1,x\n"), "csv", "a")


def test_a_first_row_in_place_of_a_header_is_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("ada@example.org,Ada Lovelace,receipts\n", encoding="utf-8")
    with pytest.raises(WrongFileError, match=r"no column \['receipt'\] among its 3 columns; like it: \['receipts'\]"):
        list(read(Task("csv", file, ("receipt",), ",", "utf-8")))
    file.write_text("ada@example.org,sku,ada@example.org,sku\n", encoding="utf-8")
    with pytest.raises(WrongFileError, match=r"a column twice: \['sku'\] in places \[1, 2, 3, 4\]"):
        list(read(Task("csv", file, ("sku",), ",", "utf-8")))
