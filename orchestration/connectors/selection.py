"""Which loads a run may see, and their layout for dbt.

Belongs here: reconstruct and replay, hard links, typed empty files. Does not: which rows of a load count at as_of
(dbt staging asks known_at).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Container, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from orchestration.connectors.loads import (
    Load,
    active_loads,
    arrow_schema,
    empty_landed_table,
    from_iso,
    read_loads,
    verify_load,
    write_table,
)
from orchestration.connectors.signals_schema import SIGNAL_RELATIONS
from orchestration.connectors.streams import STREAMS

SCHEMA_FILE = "0000_schema.parquet"
# What a load's texts say: relation that dbt reads → the file beside the load.
SIGNAL_FILES: dict[str, Callable[[Load], Path]] = {
    "signals": lambda load: load.signals,
    "signal_moments": lambda load: load.moments,
}


def select_loads(landing: Path, replay_at: datetime | None = None) -> list[Load]:
    """The loads a run may see, by source, stream and sequence.

    Args:
        landing: the workspace's landing root.
        replay_at: naive UTC instant: only what had been landed by then counts (replay); None: all (reconstruct).
    """
    loads = read_loads(landing)
    if replay_at is not None:
        loads = [load for load in loads if from_iso(load.loaded_at) <= replay_at]
    return active_loads(loads)


def vanished(names: Iterable[str], landing: Path) -> list[str]:
    """Of loads a generation was built from (source/stream/load), those that no longer lie in landing, sorted.

    A load is never taken away: later ones supersede it, erasure and retention rewrite it.
    """
    return sorted(name for name in names if not (landing / name).is_dir())


def lay_out(loads: Sequence[Load], landed_root: Path, checked: Container[Path] = ()) -> None:
    """Put the loads where dbt reads them: <landed_root>/<stream>/{0000_schema, NNNN_<load>}.parquet.

    Files are hard links (copies on another file system). The schema file is empty and typed, so a stream without a
    load is a relation without a row. What texts say gets its folders too; `link_signals` fills them.

    Args:
        checked: folders of loads whose bytes this run has held against their record already.

    Raises:
        IntegrityError: a load's bytes are not those that were landed.
    """
    for stream in STREAMS:
        (landed_root / stream).mkdir(parents=True)
        write_table(landed_root / stream / SCHEMA_FILE, *empty_landed_table(stream))
    for relation, columns in SIGNAL_RELATIONS.items():
        (landed_root / relation).mkdir()
        schema = arrow_schema(columns)
        write_table(landed_root / relation / SCHEMA_FILE, schema.empty_table(), schema)
    for number, load in enumerate(loads, start=1):
        if load.folder not in checked:
            verify_load(load)
        name = f"{number:04d}_{load.source}_{load.load_id}.parquet"
        _link(load.data, landed_root / load.stream / name)


def link_signals(loads: Sequence[Load], landed_root: Path) -> None:
    """Put the loads' signals beside them, where `lay_out` has made the folder; called when all are written."""
    for number, load in enumerate(loads, start=1):
        name = f"{number:04d}_{load.source}_{load.stream}_{load.load_id}.parquet"
        for relation, file_of in SIGNAL_FILES.items():
            if file_of(load).exists():
                _link(file_of(load), landed_root / relation / name)


def _link(file: Path, place: Path) -> None:
    try:
        os.link(file, place)
    except OSError:
        shutil.copy2(file, place)
