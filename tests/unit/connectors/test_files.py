"""A mapping's path leads to files: local, by pattern, in a package."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.files import find_files
from orchestration.errors import SourceError


def find(path: str, tmp_path: Path, kind: str = "csv") -> list[tuple[str, str, str]]:
    files = find_files(path, kind, tmp_path, tmp_path / "real")
    return [(Path(file.shown).name, file.kind, file.local.read_text()) for file in files]


def test_a_pattern_finds_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.txt"):
        (tmp_path / name).write_text(name)
    assert [name for name, _, _ in find("*.csv", tmp_path)] == ["a.csv", "b.csv"]


def test_the_real_data_folder_is_put_in(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x.csv").write_text("here")
    assert find("${NANOLIFT_REAL_DATA}/x.csv", tmp_path) == [("x.csv", "csv", "here")]


def test_a_file_inside_a_package_is_found_and_nothing_outside_it(tmp_path: Path) -> None:
    assert find("package://orchestration/errors.py", tmp_path)[0][0] == "errors.py"
    with pytest.raises(SourceError, match="package://MODULE/PATH"):
        find("package://orchestration/../pyproject.toml", tmp_path)
    with pytest.raises(SourceUnavailableError, match="no package nowhere_to_be_found"):
        find("package://nowhere_to_be_found/x.csv", tmp_path)


def test_an_absent_file_is_a_source_that_is_down(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailableError, match=r"no file at .*x\.csv"):
        find("x.csv", tmp_path)


def test_a_demo_files_kind_is_told_by_its_name(tmp_path: Path) -> None:
    for name in ("a.csv.gz", "b.jsonl", "c.parquet"):
        (tmp_path / name).write_text("")
    assert [kind for _, kind, _ in find("?.*", tmp_path, "demo")] == ["csv", "jsonl", "parquet"]


def test_a_link_among_the_files_of_a_pattern_is_refused_where_it_leads_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    tills = tmp_path / "till_files"
    tills.mkdir()
    (tills / "today.csv").write_text("a\n2\n")
    (tills / "linked_within.csv").symlink_to("today.csv")
    assert len(find("till_files/*.csv", tmp_path)) == 2
    (tills / "stolen.csv").symlink_to("../secret.csv")
    with pytest.raises(SourceError, match="leads out of"):
        find("till_files/*.csv", tmp_path)


def test_a_folder_that_the_configuration_names_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "today.csv").write_text("a\n2\n")
    (tmp_path / "till_files").symlink_to("disk")
    (tmp_path / "one.csv").symlink_to("disk/today.csv")
    assert len(find("till_files/*.csv", tmp_path)) == len(find("one.csv", tmp_path)) == 1
