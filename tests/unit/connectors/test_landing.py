"""Landing: nothing lost, nothing twice, nothing half."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import SecretStr

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.loads import active_loads, read_loads, sweep, verified
from orchestration.connectors.streams import STREAMS
from orchestration.connectors.vault_quarantine import read_quarantine
from orchestration.errors import IntegrityError, SourceError

FIRST_NIGHT = datetime(2026, 10, 5, 1)
SECOND_NIGHT = FIRST_NIGHT + timedelta(days=1)
LINES = (
    "north,R-1001,1,oat,C-77,5.80,2026-10-03 09:14\n"
    "north,R-1001,2,coffee,C-77,3.20,2026-10-03 09:14\n"
    "web,R-1002,1,oat,,17.40,2026-10-03 20:41\n"
)
Bakery = Any


def test_lines_are_landed_typed_exactly_with_their_times(bakery: Bakery) -> None:
    bakery.write("a.csv", LINES)
    (result,) = bakery.land()
    assert (result.status, result.rows_read, result.rows_accepted) == ("landed", 3, 3)
    rows = bakery.rows()
    assert rows.columns == list(STREAMS["pos_lines"].landed_schema())
    assert rows.get_column("net_amount_minor").sum() == 2640
    first = rows.row(0, named=True)
    assert first["sold_at"] == first["occurred_at"] == first["known_at"] == datetime(2026, 10, 3, 7, 14)
    assert (first["source"], first["row_no"], first["loaded_at"]) == ("tills", 1, FIRST_NIGHT)
    assert first["identity_key"].startswith("k1_") and len(first["identity_key"]) == 35
    assert rows.get_column("identity_key").null_count() == 1


def test_raw_references_are_nowhere_in_the_landing(bakery: Bakery) -> None:
    bakery.write("a.csv", LINES)
    bakery.land()
    landed = [path.read_bytes() for path in bakery.workspace.landing.rglob("*") if path.is_file()]
    assert landed and all(b"C-77" not in content for content in landed)
    assert all("C-77" not in str(row) for row in bakery.rows().iter_rows())


def test_landing_the_same_file_again_adds_nothing(bakery: Bakery) -> None:
    bakery.write("a.csv", LINES)
    bakery.land()
    before = sorted(path for path in bakery.workspace.landing.rglob("*"))
    (again,) = bakery.land(SECOND_NIGHT)
    bakery.write("copy_of_a.csv", LINES)
    copies = bakery.land(SECOND_NIGHT)
    assert (again.status, again.rows_accepted) == ("unchanged", 0)
    assert [result.status for result in copies] == ["unchanged", "unchanged"]
    assert sorted(path for path in bakery.workspace.landing.rglob("*")) == before


def test_within_a_file_the_first_of_a_key_wins_and_conflicts_are_counted(bakery: Bakery) -> None:
    changed = "north,R-1001,1,oat,C-77,9.99,2026-10-03 09:14\n"
    same = "north,R-1001,2,coffee,C-77,3.20,2026-10-03 09:14\n"
    bakery.write("a.csv", LINES + changed + same)
    (result,) = bakery.land()
    (load,) = read_loads(bakery.workspace.landing)
    assert (result.rows_read, result.rows_accepted, result.rows_duplicate) == (5, 3, 2)
    assert load.conflicting_duplicates == 1
    assert bakery.rows().get_column("net_amount_minor").to_list() == [580, 320, 1740]
    assert bakery.rows().get_column("row_no").to_list() == [1, 2, 3]


def test_across_files_only_new_and_changed_rows_land_and_a_change_back_is_one(bakery: Bakery) -> None:
    row = "north,R-1001,1,oat,C-77,{},2026-10-03 09:14\n"
    bakery.write("1.csv", LINES)
    bakery.write("2.csv", row.format("6.00") + LINES.splitlines(keepends=True)[1])
    bakery.write("3.csv", row.format("5.80"))
    results = bakery.land()
    assert [(r.rows_read, r.rows_accepted, r.rows_duplicate) for r in results] == [(3, 3, 0), (2, 1, 1), (1, 1, 0)]
    versions = bakery.rows().filter(pl.col("line_no") == "1", pl.col("transaction_id") == "R-1001")
    assert versions.get_column("net_amount_minor").to_list() == [580, 600, 580]


def test_bad_rows_go_to_quarantine_encrypted_and_can_be_read_back(bakery: Bakery, key: SecretStr) -> None:
    bakery.write("a.csv", LINES + "north,R-1003,1,oat,C-12,3.2o,2026-10-04 11:30\nnorth,R-1004\n")
    (result,) = bakery.land()
    (load,) = read_loads(bakery.workspace.landing)
    assert (result.rows_read, result.rows_accepted, result.rows_quarantined) == (5, 3, 2)
    assert load.quarantine_reasons == {
        "file: 2 fields instead of 7": 1,
        "net_amount_minor: not money of its currency": 1,
    }
    rows = list(read_quarantine(bakery.workspace.quarantine, key, "tills", "pos_lines", load.load_id))
    assert [row.row_no for row in rows] == [4, 5]
    assert rows[0].raw["card"] == "C-12" and rows[0].raw["amount"] == "3.2o"
    assert rows[1].raw == {"line": "north,R-1004\n"}
    (sealed,) = bakery.workspace.quarantine.rglob("*.enc")
    assert b"C-12" not in sealed.read_bytes()
    assert sealed.stat().st_mode & 0o777 == 0o600


def test_a_changed_mapping_maps_the_file_again_and_supersedes_the_older_load(bakery: Bakery) -> None:
    bakery.write("a.csv", LINES)
    bakery.land()
    (result,) = bakery.land(SECOND_NIGHT, columns={"quantity_unit": {"constant": "piece"}})
    assert (result.rows_accepted, result.rows_duplicate) == (3, 0)
    loads = read_loads(bakery.workspace.landing)
    assert [load.sequence for load in loads] == [1, 2]
    assert active_loads(loads) == [loads[1]]
    assert set(bakery.rows().get_column("quantity_unit")) == {"piece"}


def test_going_back_to_a_mapping_lands_the_file_once_more(bakery: Bakery) -> None:
    bakery.write("a.csv", LINES)
    for unit in ("each", "piece", "each"):
        (result,) = bakery.land(columns={"quantity_unit": {"constant": unit}})
        assert result.status == "landed"
    assert set(bakery.rows().get_column("quantity_unit")) == {"each"}


def test_a_missing_column_is_an_error_that_names_it_and_a_new_one_is_recorded(bakery: Bakery) -> None:
    bakery.write("1.csv", LINES)
    bakery.write(
        "2.csv", "1,north,R-9,1,oat,,1.00,2026-10-04 09:00\n", header="till,shop,receipt,line,sku,card,amount,sold\n"
    )
    bakery.land()
    assert read_loads(bakery.workspace.landing)[1].columns_new == ["till"]
    bakery.write("3.csv", "north\n", header="shop\n")
    with pytest.raises(SourceError, match=r"3\.csv has no column \['amount', .* among its 1 column"):
        bakery.land(SECOND_NIGHT)
    assert len(read_loads(bakery.workspace.landing)) == 2


def test_a_required_source_that_is_down_stops_the_landing(bakery: Bakery) -> None:
    with pytest.raises(SourceUnavailableError, match="source tills: no file at"):
        bakery.land()


def test_an_optional_source_that_is_down_is_absent_then_stale_then_too_old(bakery: Bakery) -> None:
    (absent,) = bakery.land(required=False, max_age_days=3)
    assert (absent.status, absent.rows_accepted) == ("absent", 0)
    path = bakery.write("a.csv", LINES)
    bakery.land(required=False, max_age_days=3)
    path.unlink()
    (stale,) = bakery.land(FIRST_NIGHT + timedelta(days=3), required=False, max_age_days=3)
    assert stale.status == "stale" and "stale since 2026-10-05 01:00 UTC" in stale.note
    with pytest.raises(SourceUnavailableError, match="older than max_age_days = 3"):
        bakery.land(FIRST_NIGHT + timedelta(days=4), required=False, max_age_days=3)


def test_wrong_data_of_an_optional_source_still_stops(bakery: Bakery) -> None:
    bakery.write("a.csv", "north\n", header="shop\n")
    with pytest.raises(SourceError, match="has no column"):
        bakery.land(required=False)


def test_what_a_killed_landing_left_is_swept_and_the_landing_comes_out_the_same(
    make_bakery: Callable[[str], Bakery],
) -> None:
    whole, killed = make_bakery("whole"), make_bakery("killed")
    for bakery in (whole, killed):
        bakery.write("a.csv", LINES)
    partial = killed.workspace.landing / "tills" / "pos_lines" / ".000001_00000000"
    partial.mkdir(parents=True)
    (partial / "data.parquet").write_bytes(b"half")
    orphan = killed.workspace.quarantine / "tills" / "pos_lines" / "000001_00000000.enc"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"half")
    (killed.workspace.landing / ".parsing" / "x").mkdir(parents=True)
    assert sweep(killed.workspace) == 3
    whole.land()
    killed.land()
    files = [
        {path.relative_to(b.workspace.landing): path.read_bytes() for path in b.workspace.landing.rglob("data.parquet")}
        for b in (whole, killed)
    ]
    assert files[0] == files[1] and files[0]
    assert not orphan.exists() and not partial.exists()


def test_a_load_whose_bytes_changed_is_found(bakery: Bakery) -> None:
    bakery.write("a.csv", LINES)
    bakery.land()
    assert len(verified(read_loads(bakery.workspace.landing))) == 1
    (data,) = bakery.workspace.landing.rglob("data.parquet")
    data.write_bytes(data.read_bytes() + b"x")
    with pytest.raises(IntegrityError, match="damaged"):
        verified(read_loads(bakery.workspace.landing))


def test_another_key_is_refused_before_anything_is_landed_with_it(bakery: Bakery) -> None:
    bakery.write("a.csv", LINES)
    bakery.land()
    bakery.write("b.csv", "north,R-2,1,oat,C-9,1.00,2026-10-04 09:00\n")
    with pytest.raises(IntegrityError, match="another pseudonym key"):
        bakery.land(SECOND_NIGHT, key=SecretStr("another-key-0123456789-0123456789-xyz"))
    assert len(read_loads(bakery.workspace.landing)) == 1


def test_the_record_says_what_was_landed(bakery: Bakery) -> None:
    path = bakery.write("a.csv", LINES)
    bakery.land()
    (file,) = bakery.workspace.landing.rglob("_load.json")
    record = json.loads(file.read_text())
    assert record["source_files"][0]["path"] == str(path)
    assert record["source_files"][0]["bytes"] == path.stat().st_size
    assert (record["min_occurred_at"], record["max_occurred_at"]) == (
        "2026-10-03T07:14:00.000000Z",
        "2026-10-03T18:41:00.000000Z",
    )
    assert record["loaded_at"] == "2026-10-05T01:00:00.000000Z"
    assert Path(file.parent).name == record["load_id"]


def test_two_mappings_may_make_one_stream_of_one_file(bakery: Bakery) -> None:
    """A customer file gives e-mail links and account links; either mapping can change without the other."""
    (bakery.workspace.root / "people.csv").write_text(
        "id,mail,handle\n1,ann@example.org,ann\n2,,bo\n", encoding="utf-8"
    )

    def links(kind: str, column: str, **more: Any) -> dict[str, Any]:
        columns = {"consumer_ref": "id", "kind": {"constant": kind}, "external_ref": column} | more
        return {"stream": "consumer_links", "path": "people.csv", "columns": columns, "skip_where_null": [column]}

    account = links("social_account", "handle", scope={"constant": "x"})
    results = bakery.land(streams=[links("email", "mail"), account])
    assert [(result.rows_read, result.rows_accepted) for result in results] == [(1, 1), (2, 2)]
    changed = links("social_account", "handle", scope={"constant": "y"})
    results = bakery.land(SECOND_NIGHT, streams=[links("email", "mail"), changed])
    assert [result.status for result in results] == ["unchanged", "landed"]
    assert bakery.rows().select("kind", "scope").rows() == [
        ("email", None),
        ("social_account", "y"),
        ("social_account", "y"),
    ]


def test_a_file_with_a_header_only_lands_no_row_and_is_remembered(bakery: Bakery) -> None:
    bakery.write("a.csv", "")
    (first,) = bakery.land()
    (again,) = bakery.land(SECOND_NIGHT)
    assert (first.status, first.rows_read, again.status) == ("landed", 0, "unchanged")
    assert bakery.rows().height == 0
