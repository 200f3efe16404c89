"""What a run hands to runs of later days: champions and figures of gates. Landed like data, by as_of.

A run for a date reads only entries of earlier dates, so a rerun of a date sees what the first run saw.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.durable import sync, sync_tree, write_json
from orchestration.generations import generations
from orchestration.workspace import Build, Workspace

# Kinds of entries: figures of gates by gate name, models in use by model name.
GATE_FIGURES = "gate_figures"
CHAMPIONS = "champions"
MODELS = "models"
# A generation's own entry, within the generation.
STATE_FILE = "state.json"


@dataclass(frozen=True)
class State:
    """The state as a run for `as_of` sees it.

    Attributes:
        root: <root>/<kind>/<as_of>.json.
        as_of: entries of this day and later do not exist for the run.
    """

    root: Path
    as_of: date

    def entries(self, kind: str) -> list[tuple[date, Any]]:
        """All earlier entries of a kind, oldest first."""
        found = [(date.fromisoformat(path.stem), path) for path in (self.root / kind).glob("*.json")]
        return [(day, json.loads(path.read_text(encoding="utf-8"))) for day, path in sorted(found) if day < self.as_of]

    def latest(self, kind: str) -> Any | None:
        """The newest earlier entry of a kind; None: there is none."""
        entries = self.entries(kind)
        return entries[-1][1] if entries else None

    def model_folder(self, model_id: str) -> Path:
        """Where a model in use lies; written once, never changed."""
        return self.root / MODELS / model_id


def adopt_generations(workspace: Workspace) -> None:
    """Bring the state up to what is published: each day's entry is the day's last published generation's.

    A generation carries its entry in state.json and its models, so a run that was killed right after publishing
    loses nothing: whoever holds the lock next adopts it.
    """
    for generation in generations(workspace):
        entry = json.loads((generation.path / STATE_FILE).read_text(encoding="utf-8"))
        for kind, content in entry.items():
            path = workspace.state / kind / f"{generation.as_of.isoformat()}.json"
            if not path.exists() or json.loads(path.read_text(encoding="utf-8")) != content:
                write_json(path, content)
        for name, champion in entry[CHAMPIONS].items():
            folder = workspace.state / MODELS / champion["model_id"]
            if not folder.exists():
                _copy_whole(Build(generation.path).models / name, folder)


def _copy_whole(source: Path, target: Path) -> None:
    partial = target.with_name(f".{target.name}.tmp")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial)
    sync_tree(partial)
    partial.rename(target)
    sync(target.parent)
