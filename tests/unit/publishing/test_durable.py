"""A write that fails leaves what was there."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.durable import replacing, sha256_of, write_json


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "entry.json"
    write_json(file, {"rows": 1})

    def broken_write() -> None:
        with replacing(file) as temporary:
            temporary.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        broken_write()
    assert file.read_text() == '{\n  "rows": 1\n}\n'
    assert [path.name for path in tmp_path.iterdir()] == ["entry.json"]


def test_equal_content_is_equal_bytes_whatever_the_order_of_keys(tmp_path: Path) -> None:
    write_json(tmp_path / "a", {"x": 1, "y": 2})
    write_json(tmp_path / "b", {"y": 2, "x": 1})
    assert sha256_of(tmp_path / "a") == sha256_of(tmp_path / "b")
