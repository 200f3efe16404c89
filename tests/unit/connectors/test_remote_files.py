"""Files of other machines: each fetched once, whole, and checked; fsspec's memory plays the server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fsspec
import pytest

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.files_spec import FileServer
from orchestration.connectors.remote_files import remote_files
from orchestration.errors import SourceError

URL = "memory://tills/*.csv"


@pytest.fixture(autouse=True)
def server() -> Iterator[Any]:
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    yield memory
    memory.store.clear()


def put(name: str, content: bytes) -> None:
    fsspec.filesystem("memory").pipe(f"/tills/{name}", content)


def fetch(tmp_path: Path, landed: dict[str, Any] | None = None, after: int = 3_600, **said: Any) -> list[Any]:
    folder = tmp_path / f"fetched{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    now = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=after)
    return remote_files(URL, "csv", FileServer.model_validate(said), landed or {}, folder, tmp_path, now)


def test_a_new_file_is_fetched_with_its_hash(tmp_path: Path) -> None:
    put("a.csv", b"a,b\n")
    (file,) = fetch(tmp_path)
    assert file.local.read_bytes() == b"a,b\n"
    assert (file.shown, file.sha256) == ("memory:///tills/a.csv", hashlib.sha256(b"a,b\n").hexdigest())


def test_a_landed_file_is_not_fetched_again_until_its_stamp_changes(tmp_path: Path) -> None:
    put("a.csv", b"a,b\n")
    (file,) = fetch(tmp_path)
    landed = {file.shown: {"path": file.shown, "sha256": file.sha256, "bytes": file.bytes, "stamp": file.stamp}}
    (again,) = fetch(tmp_path, landed)
    assert (again.local, again.sha256) == (Path(), file.sha256)
    put("a.csv", b"a,c\n")
    (changed,) = fetch(tmp_path, landed)
    assert changed.local.read_bytes() == b"a,c\n"


def test_a_file_that_may_still_be_written_is_left_for_the_next_run(tmp_path: Path) -> None:
    put("a.csv", b"a,b\n")
    assert fetch(tmp_path, after=30) == []
    assert len(fetch(tmp_path, after=30, settle_seconds=10)) == 1


def test_with_checksums_a_file_waits_for_its_own_and_is_refused_where_they_differ(tmp_path: Path) -> None:
    put("a.csv", b"a,b\n1,2\n")
    assert fetch(tmp_path, checksum="sha256") == []
    put("a.csv.sha256", hashlib.sha256(b"a,b\n1,2\n").hexdigest().encode() + b"  a.csv\n")
    assert len(fetch(tmp_path, checksum="sha256")) == 1
    put("a.csv", b"a,b\n1,")
    with pytest.raises(SourceError, match=r"a\.csv is not what its sha256 file says: send it again"):
        fetch(tmp_path, checksum="sha256")


def test_a_file_that_ends_inside_a_line_is_refused_where_lines_must_end(tmp_path: Path) -> None:
    put("a.csv", b"a,b\n1,2")
    assert len(fetch(tmp_path)) == 1
    with pytest.raises(SourceError, match="ends inside a line"):
        fetch(tmp_path, final_newline=True)


def test_a_place_without_files_is_a_source_that_is_down(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailableError, match="no file at memory"):
        fetch(tmp_path)


def test_secrets_stand_neither_in_paths_nor_in_options(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"sftp://brand@files.example/x.csv: no password in a path") as refused:
        remote_files(
            "sftp://brand:hush@files.example/x.csv", "csv", FileServer(), {}, tmp_path, tmp_path, datetime.now()
        )
    assert "hush" not in str(refused.value)
    with pytest.raises(ValueError, match="environment variable"):
        FileServer(options={"password": "hush"})


def test_sftp_is_entered_with_known_host_keys_only(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"set known_hosts .*ssh-keyscan"):
        remote_files("sftp://brand@files.example/x.csv", "csv", FileServer(), {}, tmp_path, tmp_path, datetime.now())


def test_a_file_is_fetched_whatever_its_sender_calls_it(tmp_path: Path) -> None:
    put("n" * 251 + ".csv", b"a,b\n")
    put("a\nb.csv", b"a,b\n")
    assert [file.local.read_bytes() for file in fetch(tmp_path)] == [b"a,b\n"] * 2
