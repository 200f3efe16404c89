"""From a mapping's path to files on this machine, each with its hash.

Belongs here: patterns, package://, the hash. Does not: files of other machines (remote_files.py), rows (parse.py).
"""

from __future__ import annotations

import glob
import hashlib
import importlib.util
import itertools
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.row_stream import RowStream
from orchestration.errors import SourceError

PACKAGE_SCHEME = "package://"
REAL_DATA = "${NANOLIFT_REAL_DATA}"
REMOTE = re.compile(r"^(?!package:)[a-z0-9+]{2,}://")
KINDS = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


@dataclass(frozen=True)
class SourceFile:
    """A file to land: one that lay there, or one that an extractor wrote of what a system answered.

    Attributes:
        shown: what the configuration's reader recognises; never a secret.
        local: where it can be opened.
        kind: csv, jsonl or parquet; rows: there is no file, a system's rows are landed as they come.
        cursor: how far an extractor has read; committed with the load and handed back next time.
        is_complete: all rows that the source has now: what was landed before and is not in it is gone.
        notes: what a reader of the run should know, one sentence each.
        rows: of kind rows: where they come from; sha256 then names the reading, not its bytes.
        stamp: what a server told of the file's state; while it is the same, the file is not fetched again.
        records: how many an extractor wrote into the file; the parser must find as many.
    """

    shown: str
    local: Path
    kind: str
    sha256: str
    bytes: int
    cursor: dict[str, Any] | None = None
    is_complete: bool = False
    notes: tuple[str, ...] = ()
    rows: RowStream | None = None
    stamp: str | None = None
    records: int | None = None


def find_files(path: str, kind: str, workspace_root: Path, real_data: Path) -> list[SourceFile]:
    """The files a mapping's path names, sorted by path: file order decides which duplicate wins.

    Args:
        path: as in StreamMapping.path.
        kind: csv, jsonl or parquet; "demo": told by each file's suffix.
        workspace_root: what relative paths start from.
        real_data: what ${NANOLIFT_REAL_DATA} stands for.

    Raises:
        SourceUnavailableError: no such file.
        SourceError: a path that cannot be right.
    """
    path = path.replace(REAL_DATA, str(real_data))
    if path.startswith(PACKAGE_SCHEME):
        found = [(path, local) for local in _glob(str(_in_package(path)))]
    else:
        found = [(str(local), local) for local in _glob(str(workspace_root / path))]
    if not found:
        raise SourceUnavailableError(f"no file at {path}")
    return [source_file(shown, local, kind) for shown, local in found]


def _glob(pattern: str) -> list[Path]:
    """The files a pattern matches; one that is named without pattern is the configuration's own choice.

    Raises:
        SourceError: what matches is a link out of the folder that the configuration names: whoever may lay files there
            would have us read others.
    """
    if Path(pattern).is_file():
        return [Path(pattern)]
    found = sorted(Path(match) for match in glob.glob(pattern, recursive=True) if Path(match).is_file())
    named = Path(*itertools.takewhile(lambda part: not glob.has_magic(part), Path(pattern).parts)).resolve()
    for path in found:
        if not path.resolve().is_relative_to(named):
            raise SourceError(f"{path} is a link that leads out of {named}: lay the file itself there, or remove it")
    return found


def _in_package(path: str) -> Path:
    module, _, inside = path.removeprefix(PACKAGE_SCHEME).partition("/")
    within = PurePosixPath(inside)
    if not re.fullmatch(r"[A-Za-z_][\w.]*", module) or not inside or within.is_absolute() or ".." in within.parts:
        raise SourceError(f"{path}: write package://MODULE/PATH, the path inside the module's folder")
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise SourceUnavailableError(f"{path}: no package {module} is installed")
    return Path(next(iter(spec.submodule_search_locations))) / inside


def source_file(shown: str, local: Path, kind: str) -> SourceFile:
    """A file on this machine with its hash.

    Raises:
        SourceUnavailableError: it cannot be opened.
        SourceError: kind "demo" and a name that tells no kind.
    """
    if kind == "demo":
        suffixes = [suffix for suffix in local.suffixes if suffix in KINDS]
        if not suffixes:
            raise SourceError(f"{shown}: its kind cannot be told from its name; known endings are {sorted(KINDS)}")
        kind = KINDS[suffixes[-1]]
    try:
        with local.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return SourceFile(shown, local, kind, digest, local.stat().st_size)
    except OSError as error:
        raise SourceUnavailableError(f"{shown} cannot be opened ({type(error).__name__})") from error
