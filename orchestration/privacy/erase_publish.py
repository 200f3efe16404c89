"""The published end of an erasure: a generation without the people, the old ones purged, the receipt.

Belongs here: what had been delivered before, purging, the receipt's words. Does not: the run (nightly.py), taking
people out of landing (erase_landing.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Set
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import SecretStr

from orchestration.durable import sync
from orchestration.exports.delivery.record import read_records
from orchestration.generations import Generation, current
from orchestration.privacy.erase_journal import Pending, end
from orchestration.privacy.receipt import write_receipt
from orchestration.workspace import Build, Workspace

# Outputs that gather others, under their own file name.
_GATHERED = "all_outputs"


def holding(generation: Generation, keys: Set[str]) -> frozenset[str]:
    """Names of a generation's outputs in which one of the keys stands."""
    wanted = pl.Series(sorted(keys), dtype=pl.String).implode()
    found = set()
    for file in sorted(Build(generation.path).exports.glob("*.parquet")):
        texts = pl.read_parquet(file).select(pl.col(pl.String))
        if texts.width and texts.select(pl.any_horizontal(pl.all().is_in(wanted).any())).item():
            found.add(file.stem)
    return frozenset(found | {_GATHERED} if found else found)


def recall_list(workspace: Workspace, keys: Set[str]) -> list[dict[str, Any]]:
    """Every file that had been delivered and holds the people, or may.

    Returns:
        target, generation, delivered_at (None: begun, its end is not known), file, holds: "yes"; "may" of generations
        that are no longer kept and of lists of people, which are not kept.
    """
    listed: list[dict[str, Any]] = []
    known: dict[str, frozenset[str]] = {}
    for target in sorted(path.name for path in workspace.deliveries.glob("*") if path.is_dir()):
        for name, record in sorted(read_records(workspace, target).items()):
            generation = Generation(workspace.generations / name)
            kept = generation.path.is_dir()
            if kept and name not in known:
                known[name] = holding(generation, keys)
            for file in sorted(record.files):
                is_list = record.people is not None
                stem = Path(file).name.split(".")[0]
                if kept and not is_list and stem not in known[name] and not (known[name] and "report" in file):
                    continue
                listed.append(
                    {
                        "target": target,
                        "generation": name,
                        "delivered_at": record.delivered_at,
                        "file": file,
                        "holds": "yes" if kept and stem in known[name] else "may",
                    }
                )
    return listed


def finish(workspace: Workspace, key: SecretStr, pending: Pending) -> Path:
    """Purge what was published before, write the receipt, close the journal; where the receipt lies."""
    now = current(workspace)
    if now is not None:
        purge_but(workspace, now)
    taken_out = pending.taken_out or {}
    receipt = {
        "began_at": pending.at,
        "people": pending.people,
        "identities": len(pending.keys),
        "identities_left": pending.shared,
        "rows_taken_out": taken_out.get("rows", {}),
        "other_rows_changed": taken_out.get("other_rows_changed", 0),
        "generation": None if now is None else now.name,
        "models_trained_anew": {} if now is None else _models(now),
        "generations_purged": sorted(pending.generations - {path.name for path in workspace.generations.glob("*")}),
        "recall": list(pending.recall),
        "not_in_our_hands": [
            "sources still hold the people: their rows are left out whenever they come again",
            "files on the recall list lie at their targets, and copies and backups of the workspace wherever they are",
            "text models under text_models/ learned from labels that a person handed in: train-text makes them anew",
        ],
    }
    began = datetime.fromisoformat(pending.at.removesuffix("Z"))
    path = write_receipt(workspace, key, "erasure", began, receipt, pending.name[-8:])
    end(workspace)
    return path


def purge_but(workspace: Workspace, now: Generation) -> None:
    """Remove every generation but one, each out of sight in one step first."""
    workspace.builds.mkdir(exist_ok=True)
    for path in sorted(workspace.generations.iterdir()):
        if path.name != now.name:
            removed = path.rename(workspace.builds / f"removed-{path.name}")
            sync(workspace.generations)
            shutil.rmtree(removed)


def _models(now: Generation) -> dict[str, str]:
    """Model → the day it was trained for."""
    champions: dict[str, dict[str, str]] = now.manifest.get("champions", {})
    return {name: said["as_of"] for name, said in sorted(champions.items())}
