"""Each fault does what it says to the delivered files, and declares beforehand what must happen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

import polars as pl
import pytest

from orchestration.connectors.streams import STREAMS
from orchestration.demo.fault_changes import DUPLICATED_ROWS, MALFORMED_ROWS
from orchestration.demo.faults import FAULTS
from orchestration.demo.source import prepare
from orchestration.errors import ConfigurationError
from orchestration.settings import Source
from orchestration.workspace import Workspace

CUTOFF = datetime(2025, 6, 30, 22)


class Deliver(Protocol):
    """Delivers the tiny world with a fault ("": none) and gives the folder of a stream (its own by default)."""

    def __call__(self, fault: str, stream: str | None = None) -> Path: ...


@pytest.fixture(scope="module")
def deliver(tmp_path_factory: pytest.TempPathFactory) -> Deliver:
    workspace = Workspace.at(tmp_path_factory.mktemp("faults"))

    def delivered(fault: str, stream: str | None = None) -> Path:
        source = Source(name="demo", kind="demo", size="tiny", faults=(fault,) if fault else ())
        prepare(source, workspace, CUTOFF)
        return workspace.demo_world / (stream or FAULTS[fault].stream)

    return delivered


def _lines(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "*.parquet")


def _pair(deliver: Deliver, fault: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Till lines without and with the fault."""
    return _lines(deliver("", "pos_lines")), _lines(deliver(fault))


def test_the_six_faults_of_the_plan_are_there() -> None:
    assert {"late", "duplicated", "malformed", "missing", "drifting", "shifted_time_zone"} <= set(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_declares_what_must_happen(name: str) -> None:
    fault = FAULTS[name]
    assert fault.name == name
    assert fault.stream in STREAMS
    assert fault.description
    assert (fault.gate is not None) == (fault.effect == "gate")
    assert (fault.rows is not None) == (fault.effect in ("quarantined", "duplicates"))
    assert fault.expectation or fault.rows


def test_an_unknown_fault_is_refused_with_those_that_exist(source: Source, workspace: Workspace) -> None:
    with pytest.raises(ConfigurationError, match="tenfold_volume"):
        prepare(source.model_copy(update={"faults": ("gremlins",)}), workspace, CUTOFF)


def test_duplicated_rows_are_as_many_as_declared(deliver: Deliver) -> None:
    whole, faulty = _pair(deliver, "duplicated")
    assert faulty.height - whole.height == FAULTS["duplicated"].rows == DUPLICATED_ROWS
    assert faulty.unique().height == whole.height


def test_malformed_rows_are_as_many_as_declared(deliver: Deliver) -> None:
    consents = pl.read_csv(deliver("malformed") / "consents.csv")
    broken = consents["changed_at"].str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False).null_count()
    assert broken == FAULTS["malformed"].rows == MALFORMED_ROWS


def test_late_leaves_few_lines_of_the_last_two_days_and_all_others(deliver: Deliver) -> None:
    whole, faulty = _pair(deliver, "late")
    recent = pl.col("sold_at") > CUTOFF - timedelta(days=2)
    assert faulty.filter(~recent).equals(whole.filter(~recent))
    assert 0 < faulty.filter(recent).height < 0.1 * whole.filter(recent).height


def test_missing_takes_the_last_day_of_pages_only(deliver: Deliver) -> None:
    days = _lines(deliver("missing"))["page_on"]
    assert days.max() == date(2025, 6, 29)


def test_a_missing_day_of_tills_is_the_last_one(deliver: Deliver) -> None:
    whole, faulty = _pair(deliver, "missing_day")
    assert faulty["sold_at"].to_list()[-1] <= CUTOFF - timedelta(days=1) < whole["sold_at"].to_list()[-1]


def test_a_missing_file_is_gone_and_comes_back_without_the_fault(deliver: Deliver) -> None:
    assert not (deliver("missing_file") / "products.csv").exists()
    assert (deliver("", "products") / "products.csv").exists()


def test_columns_are_gone_or_renamed_in_the_newest_file_only(deliver: Deliver) -> None:
    assert "net_amount_minor" not in pl.read_parquet_schema(deliver("missing_column") / "2025q2.parquet")
    renamed = deliver("renamed_column")
    assert "loyalty_card" in pl.read_parquet_schema(renamed / "2025q2.parquet")
    assert "consumer_ref" in pl.read_parquet_schema(renamed / "2025q1.parquet")


def test_drift_adds_a_look_at_every_account_with_sixty_times_the_followers(deliver: Deliver) -> None:
    whole = _lines(deliver("", "social_profiles"))
    added = _lines(deliver("drifting")).join(whole, on=["platform", "account_id", "observed_at"], how="anti")
    last = whole.sort("observed_at").unique(["platform", "account_id"], keep="last")
    assert added.height == last.height > 0
    assert set(added["observed_at"]) == {CUTOFF - timedelta(hours=1)}
    assert added["followers_count"].sum() == 60 * last["followers_count"].sum()


def test_a_shifted_zone_moves_two_weeks_by_six_hours(deliver: Deliver) -> None:
    whole, faulty = _pair(deliver, "shifted_time_zone")
    both = whole.join(faulty, on=["transaction_id", "line_no"], suffix="_faulty")
    moved = both.filter(pl.col("sold_at") != pl.col("sold_at_faulty"))
    assert set(moved["sold_at_faulty"] - moved["sold_at"]) == {timedelta(hours=-6)}
    assert set(moved["sold_at"] > CUTOFF - timedelta(days=14)) == {True}
    assert both.filter(pl.col("sold_at") <= CUTOFF - timedelta(days=14)).height + moved.height == whole.height


def test_an_empty_file_has_columns_and_no_rows(deliver: Deliver) -> None:
    newest = pl.read_parquet(deliver("empty") / "2025q2.parquet")
    assert newest.height == 0
    assert newest.width == len(STREAMS["pos_lines"].columns)


def test_all_null_empties_one_column(deliver: Deliver) -> None:
    newest = pl.read_parquet(deliver("all_null") / "2025q2.parquet")
    assert newest["consumer_ref"].null_count() == newest.height > 0


def test_a_unit_change_multiplies_three_days_by_a_hundred(deliver: Deliver) -> None:
    whole, faulty = _pair(deliver, "unit_change")
    recent = pl.col("sold_at") > CUTOFF - timedelta(days=3)
    assert faulty.filter(recent)["net_amount_minor"].sum() == 100 * whole.filter(recent)["net_amount_minor"].sum()
    assert faulty.filter(~recent).equals(whole.filter(~recent))


def test_a_tenfold_day_has_ten_times_the_lines_under_new_ids(deliver: Deliver) -> None:
    whole, faulty = _pair(deliver, "tenfold_volume")
    recent = pl.col("sold_at") > CUTOFF - timedelta(days=1)
    assert faulty.height - whole.height == 9 * whole.filter(recent).height > 0
    assert faulty.select("transaction_id", "line_no").is_duplicated().sum() == 0


def test_stale_pages_end_five_days_before(deliver: Deliver) -> None:
    assert _lines(deliver("stale"))["page_on"].max() == date(2025, 6, 25)


def test_most_dates_of_malformed_mostly_are_no_iso_dates(deliver: Deliver) -> None:
    consents = pl.read_csv(deliver("malformed_mostly") / "consents.csv")
    assert consents["changed_at"].str.contains("Uhr").all()
