"""kind = "demo": a source whose files are made here, the world once, the delivery for every cut-off.

Belongs here: when to simulate again, where files lie. Does not: simulating (world.py), cutting (delivery.py).
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.demo.delivery import SIMULATED, deliver, mappings
from orchestration.demo.faults import faults_named
from orchestration.demo.parameter_files import canonical_text, load_parameters
from orchestration.demo.world import build_world
from orchestration.demo.world_parameters import WorldParameters
from orchestration.durable import write_json
from orchestration.errors import ConfigurationError, SourceError
from orchestration.settings import Source
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)

DELIVERED = "_delivery.json"
FINGERPRINT = "_world.json"
FUTURE = ".world"  # in the truth's folder: the whole simulated time, days to come included


def prepare(source: Source, workspace: Workspace, as_of_cutoff: datetime) -> tuple[StreamMapping, ...]:
    """Make (or reuse) the world and write what its systems would deliver at the cut-off.

    Args:
        source: of kind "demo"; parameters, size, seed and faults are read.
        workspace: files go to its demo_world, the truth to its demo_truth.
        as_of_cutoff: end of as_of in the brand's zone: an aware instant or naive UTC.

    Returns:
        A mapping per stream, of each column to itself.

    Raises:
        ConfigurationError: parameters, or a fault's name, that are not right.
        SourceError: a cut-off outside the simulated time.
    """
    cutoff = as_of_cutoff.astimezone(UTC).replace(tzinfo=None) if as_of_cutoff.tzinfo else as_of_cutoff
    faults = faults_named(source.faults)
    path = source.parameters
    if path is not None and not path.is_absolute():
        path = workspace.root / path
    parameters = load_parameters(path, source.size, source.seed)
    _check_cutoff(parameters, cutoff)
    fingerprint = world_fingerprint(parameters)
    is_new = _make_world(parameters, fingerprint, workspace)
    folder = workspace.demo_world
    wanted: dict[str, object] = {"world": fingerprint, "cutoff": cutoff.isoformat(), "faults": list(source.faults)}
    before = _read_json(folder / DELIVERED)
    if is_new or before != wanted:
        # A delivery is not there until its last file is; and one for an earlier day, or with faults, is made anew.
        (folder / DELIVERED).unlink(missing_ok=True)
        same = not is_new and before.get("world") == fingerprint and not before.get("faults") and not faults
        fresh = not same or str(before.get("cutoff")) > cutoff.isoformat()
        deliver(_open_world(workspace), folder, cutoff, faults, fresh=fresh)
        write_json(folder / DELIVERED, wanted)
    return mappings(folder, workspace.root)


def _check_cutoff(parameters: WorldParameters, cutoff: datetime) -> None:
    first, last = parameters.time.starts_on, parameters.time.last_on
    day: date = (cutoff - timedelta(hours=12)).date()
    if not first <= day <= last:
        raise SourceError(
            f"the demo world lives from {first} to {last}, and the run is for {day}: set brand.as_of to a day "
            "within, or time.starts_on, reference_on and days_after in another parameter file"
        )


def world_fingerprint(parameters: WorldParameters) -> str:
    """A hash of all the world depends on: parameters, this package's code, the libraries that draw and write."""
    digest = hashlib.sha256(canonical_text(parameters).encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    digest.update(f"numpy {np.__version__} polars {pl.__version__}".encode())
    return digest.hexdigest()


def _make_world(parameters: WorldParameters, fingerprint: str, workspace: Workspace) -> bool:
    """Simulate, unless the very same world is there; true if it was made."""
    truth = workspace.demo_truth
    if _read_json(truth / FINGERPRINT) == {"fingerprint": fingerprint}:
        return False
    world = build_world(parameters)
    for folder in (truth, workspace.demo_world):
        _clear(folder)
    (truth / FUTURE).mkdir(parents=True)
    for name, frame in world.streams.items():
        frame.write_parquet(truth / FUTURE / f"{name}.parquet", compression="zstd", compression_level=1)
    for name, frame in world.truth.items():
        frame.write_parquet(truth / f"{name}.parquet")
    (truth / "parameters.json").write_text(canonical_text(parameters), encoding="utf-8")
    write_json(truth / FINGERPRINT, {"fingerprint": fingerprint})
    rows = sum(frame.height for frame in world.streams.values())
    logger.info("simulated %s consumers: %s rows", f"{parameters.people.consumers:,}", f"{rows:,}")
    return True


def _clear(folder: Path) -> None:
    """Remove what an earlier world left; refuse a folder that holds anything else."""
    if not folder.exists():
        return
    own = {FUTURE, FINGERPRINT, DELIVERED, "parameters.json", *SIMULATED}
    foreign = [path.name for path in folder.iterdir() if path.name not in own and path.suffix != ".parquet"]
    if foreign:
        raise ConfigurationError(f"{folder} holds {sorted(foreign)}, which no demo world wrote: move them away first")
    shutil.rmtree(folder)


def _open_world(workspace: Workspace) -> dict[str, pl.LazyFrame]:
    return {name: pl.scan_parquet(workspace.demo_truth / FUTURE / f"{name}.parquet") for name in SIMULATED}


def _read_json(path: Path) -> dict[str, object]:
    """What stands there; empty where nothing does."""
    if not path.exists():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}
