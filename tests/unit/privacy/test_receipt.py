"""A receipt says what was done and can be proved; it names nobody."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from orchestration.errors import IntegrityError
from orchestration.privacy.receipt import read_receipt, write_receipt
from orchestration.workspace import Workspace

KEY = SecretStr("a key of this test, long enough to be taken for one")
AT = datetime(2026, 1, 2, 3, 4, 5)


def test_a_receipt_reads_back_as_it_was_written(tmp_path: Path) -> None:
    path = write_receipt(Workspace.at(tmp_path), KEY, "erasure", AT, {"rows": {"landing": 3}})

    assert path == tmp_path / "receipts" / "20260102T030405_erasure.json"
    assert read_receipt(path, KEY) == {"what": "erasure", "at": "2026-01-02T03:04:05Z", "rows": {"landing": 3}}


def test_a_changed_count_and_another_key_are_told(tmp_path: Path) -> None:
    path = write_receipt(Workspace.at(tmp_path), KEY, "erasure", AT, {"rows": 3})
    with pytest.raises(IntegrityError, match="not what was signed"):
        read_receipt(path, SecretStr("another key of this test, long enough to be one"))

    changed = json.loads(path.read_text()) | {"rows": 4}
    path.write_text(json.dumps(changed))
    with pytest.raises(IntegrityError, match="not what was signed"):
        read_receipt(path, KEY)


def test_a_receipt_with_a_persons_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no identity key"):
        write_receipt(Workspace.at(tmp_path), KEY, "erasure", AT, {"who": ["k1_" + "0af1" * 8]})
    assert not (tmp_path / "receipts").exists()
