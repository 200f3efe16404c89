"""`nanolift train-text`: a brand's own labels become the model that reads its texts from the next run on.

Belongs here: reading the labels file, placing the weights in the workspace, saying how they did. Does not: learning
and judging (ml/text/train_own.py), choosing the model of a run (text_models.py).
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ml.errors import MLError
from ml.text.train_own import Judged, train_own
from ml.text.weights import read, save
from orchestration.durable import sync, sync_tree
from orchestration.errors import ConfigurationError
from orchestration.lock import workspace_lock
from orchestration.text_models import text_models
from orchestration.workspace import Workspace

# A language is a folder's name, too.
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_COLUMNS = ("text", "sentiment", "moments")
# Between the moments of one text.
_SEPARATOR = ";"


@dataclass(frozen=True)
class TrainingRequest:
    """What the command line asks for: a file with columns text, sentiment and moments, all of one language."""

    directory: Path
    labels: Path
    language: str


def read_labels(path: Path) -> pl.DataFrame:
    """A labels file (CSV, or Parquet) as text, sentiment, moments (list).

    A missing column says nothing. An empty sentiment is no label. Moments are separated by a semicolon; an empty cell
    is no label, and the word "none" says that the text tells of none.

    Raises:
        ConfigurationError: the file cannot be read, or has no text column.
    """
    try:
        rows = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ConfigurationError(f"{path} cannot be read as a labels file: {error}") from error
    if "text" not in rows.columns:
        raise ConfigurationError(
            f"{path} has columns {rows.columns}: a labels file needs text, and sentiment or moments"
        )
    known = rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(pl.String).str.strip_chars().alias(name)
        for name in _COLUMNS
    ).drop_nulls("text")
    words = pl.col("moments").str.to_lowercase().str.split(_SEPARATOR).list.eval(pl.element().str.strip_chars())
    return known.with_columns(
        sentiment=pl.when(pl.col("sentiment") != "").then(pl.col("sentiment").str.to_lowercase()),
        moments=pl.when(pl.col("moments") != "").then(words.list.filter(~pl.element().is_in(["", "none"]))),
    )


def train_text(request: TrainingRequest) -> str:
    """Learn, judge, place; what was learned, in words.

    Raises:
        ConfigurationError: no workspace there, no language, or labels that teach nothing.
        WorkspaceBusyError: a run holds the workspace.
    """
    workspace = Workspace.at(request.directory)
    if not workspace.configuration.exists():
        raise ConfigurationError(f"{workspace.root} is no workspace: run `nanolift init {request.directory}` first")
    if not _LANGUAGE.fullmatch(request.language):
        raise ConfigurationError(f"--language {request.language!r} is no language: write its ISO 639 code, as en or fr")
    labels = read_labels(request.labels)
    with workspace_lock(workspace, "train-text", wait_seconds=0):
        base = text_models(workspace).get(request.language)
        try:
            own = train_own(labels, request.language, base)
        except MLError as error:
            raise ConfigurationError(f"{request.labels}: {error}") from error
        if not any(one.is_kept for one in own.judged):
            return "\n".join([*map(_line, own.judged), "Nothing was better than the model in use: it stays."])
        target = workspace.text_models / request.language
        partial = workspace.text_models / f".{request.language}"
        shutil.rmtree(partial, ignore_errors=True)
        save(partial, own.model)
        model = read(request.language, partial)  # what will be loaded is what was written
        sync_tree(partial)
        _replace(partial, target)
    lines = [
        *map(_line, own.judged),
        f"{model.model_id} is in {target}: the next run reads all {request.language} texts",
    ]
    return "\n".join([*lines, "with it. To go back to the shipped model, remove that folder."])


def _replace(partial: Path, target: Path) -> None:
    """Put a folder in place of another; a crash between leaves none, and the shipped model is used."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        os.replace(target, old)
    os.replace(partial, target)
    sync(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _line(judged: Judged) -> str:
    if judged.own is None:
        return f"{judged.what:<24}not learned: {judged.note}"
    before = "no model before" if judged.before is None else f"in use {judged.before:.3f}"
    verdict = "kept" if judged.is_kept else "worse, not kept"
    return f"{judged.what:<24}F1 {judged.own:.3f}, {before}, on {judged.texts} texts not learned from: {verdict}"
