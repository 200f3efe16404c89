"""State is landed like data: a day reads earlier days, and its own entry is its last published generation's."""

from __future__ import annotations

import json
from datetime import date

from orchestration.durable import write_json
from orchestration.state import State, adopt_generations
from orchestration.workspace import Workspace


def published(workspace: Workspace, name: str, as_of: str, sequence: int, figures: dict[str, float]) -> None:
    folder = workspace.generations / name
    folder.mkdir(parents=True)
    write_json(folder / "manifest.json", {"as_of": as_of, "published_sequence": sequence, "parent": None})
    write_json(folder / "state.json", {"gate_figures": {"landing": figures}, "champions": {}})


def figures_seen(workspace: Workspace, as_of: date) -> list[float]:
    return [entry["landing"]["rows"] for _, entry in State(workspace.state, as_of).entries("gate_figures")]


def test_a_day_sees_earlier_days_only_oldest_first(workspace: Workspace) -> None:
    for sequence, day in enumerate(["2026-01-03", "2026-01-01", "2026-01-02"]):
        published(workspace, day, day, sequence, {"rows": float(day[-1])})
    adopt_generations(workspace)
    assert figures_seen(workspace, date(2026, 1, 3)) == [1.0, 2.0]
    assert figures_seen(workspace, date(2026, 1, 1)) == []
    assert State(workspace.state, date(2026, 1, 2)).latest("gate_figures") == {"landing": {"rows": 1.0}}
    assert State(workspace.state, date(2026, 1, 1)).latest("gate_figures") is None


def test_a_published_rerun_replaces_its_days_entry(workspace: Workspace) -> None:
    published(workspace, "a", "2026-01-01", 1, {"rows": 1.0})
    published(workspace, "b", "2026-01-01", 2, {"rows": 2.0})
    adopt_generations(workspace)
    assert figures_seen(workspace, date(2026, 1, 2)) == [2.0]


def test_a_run_killed_after_publishing_loses_no_state(workspace: Workspace) -> None:
    published(workspace, "a", "2026-01-01", 1, {"rows": 1.0})
    adopt_generations(workspace)
    published(workspace, "b", "2026-01-02", 2, {"rows": 2.0})  # killed before it could write the state
    adopt_generations(workspace)
    assert figures_seen(workspace, date(2026, 1, 3)) == [1.0, 2.0]


def test_the_model_in_use_outlives_its_generation(workspace: Workspace) -> None:
    published(workspace, "a", "2026-01-01", 1, {"rows": 1.0})
    model = workspace.generations / "a" / "models" / "uplift"
    model.mkdir(parents=True)
    (model / "card.json").write_text("{}")
    entry = {"gate_figures": {}, "champions": {"uplift": {"model_id": "m1", "as_of": "2026-01-01"}}}
    (workspace.generations / "a" / "state.json").write_text(json.dumps(entry))
    adopt_generations(workspace)
    state = State(workspace.state, date(2026, 1, 2))
    assert (state.model_folder("m1") / "card.json").read_text() == "{}"
    assert state.latest("champions") == entry["champions"]


def test_a_damaged_entry_is_written_anew_from_its_generation(workspace: Workspace) -> None:
    published(workspace, "a", "2026-01-01", 1, {"rows": 1.0})
    adopt_generations(workspace)
    entry = workspace.state / "gate_figures" / "2026-01-01.json"
    for damaged in ("{", entry.read_text().replace("1.0", "7.0"), entry.read_text().replace("seal", "sael")):
        entry.write_text(damaged)
        assert figures_seen(workspace, date(2026, 1, 2)) == []
        adopt_generations(workspace)
        assert figures_seen(workspace, date(2026, 1, 2)) == [1.0]


def test_half_written_entries_of_a_killed_run_are_swept(workspace: Workspace) -> None:
    published(workspace, "a", "2026-01-01", 1, {"rows": 1.0})
    left = workspace.state / "models" / ".m1.tmp"
    left.mkdir(parents=True)
    adopt_generations(workspace)
    assert not left.exists()
