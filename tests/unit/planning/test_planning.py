"""A file of members that nanolift drew is read back as campaign_members; power and refusals in words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from orchestration.cli import cli
from orchestration.connectors.landing import land_source
from orchestration.errors import ConfigurationError, SourceError
from orchestration.planning import assign_people_to, store_history
from orchestration.settings import load_settings
from orchestration.workspace import Workspace

CONFIGURATION = """
[brand]
name = "Bakery"
timezone = "Europe/Paris"
currency = "EUR"

[[sources]]
name = "plans"
kind = "csv"
basis = "consent"

[[sources.streams]]
stream = "campaign_members"
path = "incoming/members*.csv"

[sources.streams.columns]
campaign_id = "campaign_id"
unit = "unit"
unit_ref = "unit_ref"
arm = "arm"
assigned_at = { column = "assigned_at", zone = "UTC" }
assignment_probability = "assignment_probability"
cluster_id = "cluster_id"
"""


def people_file(folder: Path) -> Path:
    file = folder / "people.csv"
    rows = "\n".join(f"C-{n},{'north' if n % 2 else 'south'},h{n // 2}" for n in range(40))
    file.write_text(f"consumer_ref,area,household\n{rows}\n", encoding="utf-8")
    return file


def test_the_file_of_a_draw_is_read_back_as_campaign_members(tmp_path: Path) -> None:
    (tmp_path / "nanolift.toml").write_text(CONFIGURATION, encoding="utf-8")
    (tmp_path / "incoming").mkdir()
    out = tmp_path / "incoming" / "members_c9.csv"
    command = ["assign", "people", str(people_file(tmp_path)), "--campaign", "c9", "--holdout-share", "0.25"]
    command += ["--stratum", "area", "--cluster", "household", "--seed", "3", "--out", str(out)]
    result = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert result.exit_code == 0
    drawn = pl.read_csv(out, infer_schema=False)
    settings = load_settings(tmp_path / "nanolift.toml")
    [landed] = land_source(
        settings.sources[0],
        settings.sources[0].streams,
        Workspace.at(tmp_path),
        key=SecretStr("a key of this test alone, long enough"),
        loaded_at=datetime(2026, 11, 1, 3),
        real_data=tmp_path,
        brand_timezone=settings.brand.timezone,
    )
    assert (landed.rows_accepted, landed.rows_quarantined) == (40, 0)
    rows = pl.read_parquet(tmp_path / "landing" / "plans" / "campaign_members" / landed.load_id / "data.parquet")
    assert rows["arm"].to_list().count("holdout") == drawn["arm"].to_list().count("holdout") == 10
    assert rows["assignment_probability"].unique().to_list() == [0.75]
    assert rows["cluster_id"].n_unique() == 20
    assert rows["unit"].unique().to_list() == ["consumer"]
    assert rows["unit_ref"].null_count() == 40  # people stand in landing by pseudonym only
    assert rows["unit_identity_key"].n_unique() == 40


def test_a_draw_is_never_written_over(tmp_path: Path) -> None:
    out = tmp_path / "members.csv"
    out.write_text("an earlier draw", encoding="utf-8")
    with pytest.raises(SourceError, match="a draw is made once"):
        assign_people_to(people_file(tmp_path), "c9", 0.2, 1, out, [], None)
    assert out.read_text(encoding="utf-8") == "an earlier draw"


def test_a_list_without_references_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name\nAda\n", encoding="utf-8")
    with pytest.raises(SourceError, match="no column"):
        assign_people_to(file, "c9", 0.2, 1, tmp_path / "out.csv", [], None)


def test_power_of_a_workspace_without_a_run_asks_for_one(tmp_path: Path) -> None:
    (tmp_path / "nanolift.toml").write_text(CONFIGURATION, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="nanolift run"):
        store_history(tmp_path, "sales")


def test_a_draw_holds_no_formula_and_keeps_phone_numbers(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("consumer_ref\n+33612345678\n" + "\n".join(f"C-{n}" for n in range(20)) + "\n", encoding="utf-8")
    assign_people_to(file, "c9", 0.2, 1, tmp_path / "out.csv", [], None)
    assert "+33612345678" in (tmp_path / "out.csv").read_text(encoding="utf-8")
    with pytest.raises(SourceError, match="21 values of campaign_id would run as formulas"):
        assign_people_to(file, "=1+1", 0.2, 1, tmp_path / "other.csv", [], None)
    assert not (tmp_path / "other.csv").exists()
