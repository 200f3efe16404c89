"""What a run hands to runs of later days: champions and figures of gates. Landed like data, by as_of.

A run for a date reads only entries of earlier dates, so a rerun of a date sees what the first run saw.
"""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.durable import sync, sync_tree, write_json
from orchestration.generations import Generation, generations
from orchestration.sealed import SEAL, sealed, unsealed
from orchestration.workspace import Build, Workspace

logger = logging.getLogger(__name__)

# Kinds of entries: figures of gates by gate name, models in use by model name.
GATE_FIGURES = "gate_figures"
CHAMPIONS = "champions"
MODELS = "models"
# A generation's own entry, within the generation.
STATE_FILE = "state.json"
# What an entry is sealed under.
_CONTENT = "content"


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
        """All earlier entries of a kind, oldest first; without those that are damaged, which is logged."""
        found = [(date.fromisoformat(path.stem), path) for path in (self.root / kind).glob("[!.]*.json")]
        read = [(day, _read(path)) for day, path in sorted(found) if day < self.as_of]
        return [(day, content) for day, content in read if content is not None]

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
    loses nothing: whoever holds the lock next adopts it. An entry that was damaged is written anew the same way.
    """
    _sweep(workspace)
    for generation in generations(workspace):
        entry = _entry_of(generation)
        for kind, content in entry.items():
            path = workspace.state / kind / f"{generation.as_of.isoformat()}.json"
            if not path.exists() or _read(path) != content:
                write_json(path, sealed({_CONTENT: content}))
        for name, champion in entry.get(CHAMPIONS, {}).items():
            folder = workspace.state / MODELS / champion["model_id"]
            if not folder.exists():
                keep_model(Build(generation.path).models / name, folder)


def keep_model(source: Path, target: Path) -> None:
    """Put a copy of a model folder into the state, whole or not at all, in place of what lies there."""
    partial = target.with_name(f".{target.name}.tmp")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial)
    sync_tree(partial)
    if target.exists():
        shutil.rmtree(target)
    partial.rename(target)
    sync(target.parent)


def _sweep(workspace: Workspace) -> None:
    """Remove what a kill left half written."""
    for kind in (GATE_FIGURES, CHAMPIONS, MODELS):
        for left in (workspace.state / kind).glob(".*.tmp"):
            logger.warning("removing %s, which a killed run left", left.relative_to(workspace.root))
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()


def _entry_of(generation: Generation) -> dict[str, Any]:
    """What a generation leaves to later days; nothing where its bytes are not what was published."""
    file = generation.path / STATE_FILE
    if "files" in generation.manifest and not generation.is_sound(file):
        logger.warning("%s is damaged: what was adopted of it before stays in use", file)
        return {}
    entry: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return entry


def _read(path: Path) -> Any | None:
    """An entry's content; None where it is damaged."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(read, dict) and not {SEAL, _CONTENT} & read.keys():
            return read  # written before there were seals
        return unsealed(read, frozenset())[_CONTENT]
    except (OSError, ValueError, KeyError) as error:
        logger.warning("%s is damaged (%s): history goes on without it", path, error)
        return None
