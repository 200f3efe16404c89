"""Which earlier score files are looked back on, from the generations that are kept.

Belongs here: choosing and reading. Does not: comparing (ml/monitoring), keeping generations (generations.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from ml.monitoring.realised import ScoreFile
from orchestration.generations import generations
from orchestration.workspace import Build, Workspace

FILE = "uplift.parquet"


def files_before(workspace: Workspace, as_of: date) -> list[tuple[date, Path]]:
    """(day, file) of the last published scores of each earlier day whose bytes are sound, oldest first."""
    of_day: dict[date, Path] = {}
    for generation in generations(workspace):
        file = Build(generation.path).scores / FILE
        if generation.as_of < as_of and generation.is_sound(file):
            of_day[generation.as_of] = file
    return sorted(of_day.items())


def newest_mature(files: Sequence[tuple[date, Path]], as_of: date, outcome_days: int) -> ScoreFile | None:
    """The newest scores whose outcome window is over by as_of."""
    return _read([(day, file) for day, file in files if day + timedelta(days=outcome_days) <= as_of])


def newest_before(files: Sequence[tuple[date, Path]], day: date) -> ScoreFile | None:
    """The newest scores of a day before `day`."""
    return _read([(scored_on, file) for scored_on, file in files if scored_on < day])


def _read(files: Sequence[tuple[date, Path]]) -> ScoreFile | None:
    if not files:
        return None
    day, file = files[-1]
    return ScoreFile(day, pl.read_parquet(file))
