"""The parser process: its death is a source that is down, its verdict on a file an error that names it."""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from orchestration.connectors import landing
from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.files import SourceFile
from orchestration.connectors.growing import Growing
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.parse_run import parse_files, start_parsing
from orchestration.errors import SourceError
from tests.bakery import LINES, Bakery

MAPPING = StreamMapping.model_validate(
    {"stream": "campaign_products", "path": "x.csv", "columns": {"campaign_id": "a", "product_id": "b"}}
)


def source_file(folder: Path, content: str = "a,b\n1,2\n") -> SourceFile:
    path = folder / "file.csv"
    path.write_text(content)
    return SourceFile("shown.csv", path, "csv", hashlib.sha256(content.encode()).hexdigest(), len(content))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parsing").mkdir()
    return tmp_path / "parsing"


def test_the_child_writes_only_into_its_folder_and_reports_counts(tmp_path: Path, folder: Path) -> None:
    file = source_file(tmp_path, "a,b,c\n1,2,3\nx\n")
    (parsed,) = parse_files([(file, MAPPING)], folder)
    assert (parsed.rows, parsed.malformed, parsed.columns_found) == (1, 1, ("a", "b", "c"))
    assert {path.name for path in tmp_path.iterdir()} == {"file.csv", "parsing"}


def test_a_file_that_changed_since_it_was_hashed_is_refused(tmp_path: Path, folder: Path) -> None:
    file = source_file(tmp_path)
    file.local.write_text("a,b\n1,3\n")
    with pytest.raises(SourceError, match=r"shown\.csv changed while it was read"):
        parse_files([(file, MAPPING)], folder)


@pytest.mark.parametrize(
    ("ending", "message"),
    [("sys.exit(9)", "exit status 9"), ("os.kill(os.getpid(), signal.SIGKILL)", "signal SIGKILL")],
)
def test_a_child_that_dies_is_a_source_that_is_down(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, ending: str, message: str
) -> None:
    child = tmp_path / "child.py"
    child.write_text(f"import os, signal, sys\n{ending}\n")
    with pytest.raises(SourceUnavailableError, match=message):
        parse_files([(source_file(tmp_path), MAPPING)], folder, child=[sys.executable, str(child)])


def test_a_child_that_hangs_is_stopped(tmp_path: Path, folder: Path) -> None:
    child = tmp_path / "child.py"
    child.write_text("import time\ntime.sleep(60)\n")
    with pytest.raises(SourceUnavailableError, match="took more than 0 s"):
        parse_files([(source_file(tmp_path), MAPPING)], folder, seconds=0.3, child=[sys.executable, str(child)])


@pytest.mark.parametrize("end", ["sys.exit(9)", "time.sleep(60)"])
def test_nothing_is_landed_of_rows_that_came_before_the_child_ended_badly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    program = (
        f"import sys, time, pathlib, orchestration.connectors.parse as p; p.main(pathlib.Path(sys.argv[1])); {end}"
    )
    dying = partial(start_parsing, child=[sys.executable, "-c", program], seconds=2.0)
    monkeypatch.setattr(landing, "start_parsing", dying)
    bakery = Bakery(tmp_path / "bakery")
    bakery.write("monday.csv", LINES)
    with pytest.raises(SourceUnavailableError, match=r"exit status 9|took more than 2 s"):
        bakery.land()
    assert not [path for path in bakery.workspace.landing.rglob("*") if path.is_file()]


def test_a_file_that_grows_is_read_to_its_end(tmp_path: Path) -> None:
    path, over = tmp_path / "growing", threading.Event()

    def write() -> None:
        with path.open("wb", buffering=0) as file:
            for part in (b"ab", b"cdef", b"g"):
                time.sleep(0.02)
                file.write(part)
        over.set()

    writing = threading.Thread(target=write)
    writing.start()
    with closing(Growing(path, over.is_set)) as file:
        assert [file.read(5), file.read(5), file.read(5)] == [b"abcde", b"fg", b""]
    writing.join()


def test_the_child_is_given_no_key(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANOLIFT_PSEUDONYM_KEY", "secret")
    child = tmp_path / "child.py"
    child.write_text("import os, sys\nsys.exit(7 if 'NANOLIFT_PSEUDONYM_KEY' in os.environ else 8)\n")
    with pytest.raises(SourceUnavailableError, match="exit status 8"):
        parse_files([(source_file(tmp_path), MAPPING)], folder, child=[sys.executable, str(child)])
