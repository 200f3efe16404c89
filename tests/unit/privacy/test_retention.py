"""What is over goes, by its own window, with a receipt; what has no window stays, and nothing comes back."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from pydantic import SecretStr

from orchestration.connectors.loads import read_loads, verify_load
from orchestration.connectors.vault import Vault
from orchestration.durable import sha256_of
from orchestration.errors import IntegrityError
from orchestration.privacy.receipt import read_receipt
from orchestration.privacy.retention import _kept, expired_rows, retain
from orchestration.settings import Retention
from tests.bakery import KEY, Bakery

AT = datetime(2026, 11, 1, 3)
DAY = date(2026, 10, 31)
# 90 days before DAY is 2 August.
OLD = "north,R-1,1,oat,C-1,4.10,2026-07-01 10:00\nnorth,R-2,1,oat,C-2,4.10,2026-08-01 10:00\n"
NEW = "north,R-3,1,oat,C-3,4.10,2026-08-02 10:00\nnorth,R-4,1,oat,C-4,4.10,2026-10-30 10:00\n"
BAD = "north,R-5,1,oat,C-5,five,2026-07-01 10:00\n"
WINDOWS: dict[str, Any] = {"landing_days": {"pos_lines": 90}}


def let_go(bakery: Bakery, *, is_dry: bool = False, **windows: Any) -> tuple[dict[str, int], Any]:
    gone, receipt = retain(bakery.workspace, Retention(**windows), KEY, day=DAY, at=AT, is_dry=is_dry)
    return dict(gone), receipt


def receipts_of(bakery: Bakery) -> list[str]:
    return bakery.rows().get_column("transaction_id").to_list()


def bytes_of(bakery: Bakery) -> dict[str, str]:
    return {str(path): sha256_of(path) for path in sorted(bakery.workspace.root.rglob("*")) if path.is_file()}


def landed(bakery: Bakery, lines: str = OLD + NEW + BAD) -> None:
    bakery.write("a.csv", lines)
    bakery.land()


def test_landed_rows_go_when_their_time_is_over_and_the_record_and_a_receipt_count_them(bakery: Bakery) -> None:
    landed(bakery)
    gone, receipt = let_go(bakery, **WINDOWS)

    assert gone == {"landed rows: pos_lines": 2} and receipts_of(bakery) == ["R-3", "R-4"]
    (load,) = read_loads(bakery.workspace.landing)
    verify_load(load)
    assert (load.rows_read, load.rows_accepted, load.rows_quarantined, load.rows_expired) == (5, 2, 1, 2)
    assert list(expired_rows([load]).values()) == [2]
    said = read_receipt(receipt, KEY)
    assert said["what"] == "retention" and said["gone"] == gone and said["windows"]["landing_days"] == {"pos_lines": 90}


def test_what_has_no_window_is_kept(bakery: Bakery) -> None:
    landed(bakery)
    before = bytes_of(bakery)
    assert let_go(bakery) == ({}, None)
    assert let_go(bakery, landing_days={"reviews": 90}) == ({}, None)
    assert bytes_of(bakery) == before


def test_a_dry_run_counts_and_changes_nothing(bakery: Bakery) -> None:
    landed(bakery)
    before = bytes_of(bakery)
    gone, receipt = let_go(bakery, is_dry=True, quarantine_days=7, **WINDOWS)
    assert gone == {"landed rows: pos_lines": 2, "quarantined rows": 1} and receipt is None
    assert bytes_of(bakery) == before


def test_it_is_done_once_and_a_file_that_was_read_is_not_read_again(bakery: Bakery) -> None:
    landed(bakery)
    let_go(bakery, **WINDOWS)
    assert [result.status for result in bakery.land(datetime(2026, 11, 2, 3))] == ["unchanged"]
    assert let_go(bakery, **WINDOWS) == ({}, None) and receipts_of(bakery) == ["R-3", "R-4"]


def test_rows_that_a_source_delivers_once_more_go_again(bakery: Bakery) -> None:
    landed(bakery)
    let_go(bakery, **WINDOWS)
    bakery.write("b.csv", OLD + "north,R-6,1,oat,C-6,4.10,2026-10-31 10:00\n")
    bakery.land(datetime(2026, 11, 2, 3))
    gone, _ = let_go(bakery, **WINDOWS)
    assert gone == {"landed rows: pos_lines": 2} and receipts_of(bakery) == ["R-3", "R-4", "R-6"]


def test_rows_set_aside_go_by_the_day_they_were_landed(bakery: Bakery) -> None:
    landed(bakery)
    gone, _ = let_go(bakery, quarantine_days=7)
    assert gone == {"quarantined rows": 1} and list(bakery.workspace.quarantine.rglob("*.enc")) == []
    (load,) = read_loads(bakery.workspace.landing)
    assert (load.rows_accepted, load.rows_quarantined, load.rows_expired) == (4, 0, 1)


def test_the_vault_forgets_whom_no_landed_row_names(bakery: Bakery) -> None:
    landed(bakery)
    vault = Vault(bakery.workspace.vault, KEY)
    before = set(vault.read("test", AT).get_column("reference"))
    gone, _ = let_go(bakery, unused_references="remove", **WINDOWS)
    after = set(vault.read("test", AT).get_column("reference"))
    assert {"C-1", "C-2", "C-3", "C-4"} <= before and {"C-3", "C-4"} <= after and not {"C-1", "C-2"} & after
    assert gone["references in the vault without a fact"] == len(before) - len(after)


def test_plans_receipts_and_lines_of_the_vaults_log_go_by_their_own_days(bakery: Bakery) -> None:
    root = bakery.workspace.root
    for name, as_of in (("old", "2026-10-01"), ("new", "2026-10-30")):
        (root / "plans" / name).mkdir(parents=True)
        (root / "plans" / name / "plan.json").write_text(json.dumps({"as_of": as_of}))
    (root / "plans" / "notes").mkdir()
    (root / "receipts").mkdir()
    for name in ("20240101T000000_erasure.json", "20260101T000000_erasure.json"):
        (root / "receipts" / name).write_text("{}")
    (root / "vault.log").write_text('{"at": "2026-01-01T00:00:00Z"}\nno line of ours\n{"at": "2026-10-30T00:00:00Z"}\n')

    gone, _ = let_go(bakery, plans_days=14, receipts_days=365, vault_log_days=30)

    assert gone == {"plans": 1, "receipts": 1, "lines of vault.log": 1}
    assert sorted(path.name for path in (root / "plans").iterdir()) == ["new", "notes"]
    assert "20240101T000000_erasure.json" not in {path.name for path in (root / "receipts").iterdir()}
    assert (root / "vault.log").read_text().splitlines() == ["no line of ours", '{"at": "2026-10-30T00:00:00Z"}']


def test_a_receipt_of_another_key_or_with_another_count_is_told(bakery: Bakery) -> None:
    landed(bakery)
    _, receipt = let_go(bakery, **WINDOWS)
    text = receipt.read_text().replace('"landed rows: pos_lines": 2', '"landed rows: pos_lines": 3')
    with pytest.raises(IntegrityError, match="not what was signed"):
        read_receipt(receipt, SecretStr("another-key-of-thirty-two-letters!"))
    receipt.write_text(text)
    with pytest.raises(IntegrityError, match="not what was signed"):
        read_receipt(receipt, KEY)


def test_undated_rows_age_from_when_they_could_be_known() -> None:
    rows = pl.DataFrame(
        {
            "occurred_at": [None, None, datetime(2026, 1, 1)],
            "known_at": [datetime(2026, 1, 1), datetime(2026, 9, 1), datetime(2026, 9, 1)],
        }
    )
    assert _kept(rows, datetime(2026, 6, 1)).get_column("known_at").to_list() == [datetime(2026, 9, 1)]
