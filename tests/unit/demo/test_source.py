"""The demo as a source: deliveries at a cut-off, worlds made once, the truth apart."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from orchestration.demo import source as module
from orchestration.demo.delivery import SIMULATED
from orchestration.demo.source import prepare
from orchestration.demo.world_parameters import WorldParameters
from orchestration.errors import ConfigurationError, SourceError
from orchestration.settings import Source
from orchestration.workspace import Workspace

DAY = datetime(2025, 6, 30, 22)


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "_delivery.json")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _rows(workspace: Workspace, stream: str) -> pl.DataFrame:
    return pl.read_parquet(workspace.demo_world / stream / "*.parquet")


def test_a_mapping_takes_every_column_of_every_stream_as_it_is(source: Source, workspace: Workspace) -> None:
    mappings = prepare(source, workspace, DAY)
    assert {mapping.stream for mapping in mappings} == set(SIMULATED)
    for mapping in mappings:
        assert list(mapping.columns) == list(SIMULATED[mapping.stream])
        assert all(mapped.column == name for name, mapped in mapping.columns.items())
        assert list(workspace.root.glob(mapping.path))


def test_the_same_day_gives_the_same_bytes_in_another_workspace(source: Source, tmp_path: Path) -> None:
    one, other = Workspace.at(tmp_path / "one"), Workspace.at(tmp_path / "other")
    for workspace in (one, other):
        prepare(source, workspace, DAY)
    assert _hashes(one.demo_world) == _hashes(other.demo_world)
    assert _hashes(one.demo_truth) == _hashes(other.demo_truth)


def test_a_day_later_only_the_newest_files_change_and_rows_are_added(source: Source, workspace: Workspace) -> None:
    prepare(source, workspace, DAY - timedelta(days=1))
    before, lines = _hashes(workspace.demo_world), _rows(workspace, "pos_lines")
    prepare(source, workspace, DAY)
    after = _hashes(workspace.demo_world)
    changed = {name for name in before if after[name] != before[name]}
    assert "pos_lines/2025q2.parquet" in changed
    assert not {name for name in changed if "q" in name.split("/")[1][:6] and "2025q2" not in name}
    added = _rows(workspace, "pos_lines").join(lines, on=["transaction_id", "line_no"], how="anti")
    assert added.height == _rows(workspace, "pos_lines").height - lines.height > 0


def test_a_day_in_a_later_quarter_has_what_came_in_between(
    source: Source, workspace: Workspace, tmp_path: Path
) -> None:
    prepare(source, workspace, DAY - timedelta(days=150))
    prepare(source, workspace, DAY)
    straight = Workspace.at(tmp_path / "straight")
    straight.root.mkdir()
    prepare(source, straight, DAY)
    assert _hashes(workspace.demo_world) == _hashes(straight.demo_world)


def test_going_back_a_day_gives_that_days_bytes(source: Source, workspace: Workspace) -> None:
    prepare(source, workspace, DAY)
    before = _hashes(workspace.demo_world)
    prepare(source, workspace, DAY + timedelta(days=3))
    prepare(source, workspace, DAY)
    assert _hashes(workspace.demo_world) == before


def test_nothing_is_delivered_that_nobody_could_know_yet(source: Source, workspace: Workspace) -> None:
    cutoff = datetime(2024, 9, 30, 22)
    prepare(source, workspace, cutoff)
    for stream, column in (
        ("pos_lines", "sold_at"),
        ("pos_lines", "updated_at"),
        ("social_posts", "deleted_at"),
        ("reviews", "updated_at"),
        ("campaign_members", "assigned_at"),
        ("consumers", "joined_at"),
        ("consumer_links", "linked_at"),
    ):
        latest = _rows(workspace, stream)[column].drop_nulls().to_list()
        assert max(latest, default=cutoff) <= cutoff, (stream, column)
    closed = pl.read_csv(workspace.demo_world / "stores" / "stores.csv", try_parse_dates=True)
    assert closed["closed_on"].count() == 0


def test_an_aware_cut_off_means_the_same_as_its_utc_instant(source: Source, workspace: Workspace) -> None:
    prepare(source, workspace, DAY)
    before = _hashes(workspace.demo_world)
    prepare(source, workspace, DAY.replace(tzinfo=UTC))
    assert _hashes(workspace.demo_world) == before


def test_a_world_is_simulated_once(source: Source, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(source, workspace, DAY)

    def again(parameters: WorldParameters) -> None:
        raise AssertionError(f"simulated again for seed {parameters.seed}")

    monkeypatch.setattr(module, "build_world", again)
    prepare(source, workspace, DAY + timedelta(days=1))
    with pytest.raises(AssertionError, match="seed 5"):
        prepare(source.model_copy(update={"seed": 5}), workspace, DAY)


def test_the_truth_and_days_to_come_lie_outside_what_is_delivered(source: Source, workspace: Workspace) -> None:
    prepare(source, workspace, DAY)
    truth = {path.stem for path in workspace.demo_truth.glob("*.parquet")}
    assert {"consumer_effects", "campaign_effects", "store_effects", "incremental_sales", "graph_edges"} <= truth
    assert {path.name for path in workspace.demo_world.iterdir()} == {*SIMULATED, "_delivery.json"}
    for path in workspace.demo_world.rglob("*.parquet"):
        names = pl.read_parquet_schema(path)
        assert not [name for name in names if name.startswith("_")]


@pytest.mark.parametrize("cutoff", [datetime(2023, 5, 1), datetime(2026, 1, 1)])
def test_a_day_outside_the_simulated_time_is_refused(source: Source, workspace: Workspace, cutoff: datetime) -> None:
    with pytest.raises(SourceError, match="lives from 2024-01-01 to 2025-08-14"):
        prepare(source, workspace, cutoff)


def test_a_folder_with_anything_else_in_it_is_left_alone(source: Source, workspace: Workspace) -> None:
    workspace.demo_world.mkdir()
    (workspace.demo_world / "thesis.docx").write_text("mine")
    with pytest.raises(ConfigurationError, match=r"thesis\.docx"):
        prepare(source, workspace, DAY)
    assert (workspace.demo_world / "thesis.docx").read_text() == "mine"


def test_parameters_may_come_from_a_file_of_the_workspace(source: Source, workspace: Workspace) -> None:
    workspace.root.mkdir(exist_ok=True)
    (workspace.root / "world.toml").write_text('[campaigns.c07_sun_care]\nname = "Another"\n')
    prepare(source.model_copy(update={"parameters": Path("world.toml")}), workspace, DAY)
    names = (workspace.demo_world / "campaigns" / "campaigns.jsonl").read_text()
    assert '"Another"' in names
