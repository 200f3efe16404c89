"""Payloads where a name becomes a path: pages, generations, models, packages, files of a server, links.

Belongs here: what was read or written outside, or accepted. Does not: other names (reliability_names.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

LATER = datetime(2099, 1, 1)
_BRAND = '[brand]\nname = "b"\ntimezone = "UTC"\ncurrency = "EUR"\n'


def paths(payloads: Sequence[str], folder: Path) -> Iterator[str]:
    """Where a name becomes a path: pages, plans, generations, models, packages, files of a server, links."""
    import fsspec

    from orchestration.connectors.files import find_files
    from orchestration.connectors.files_spec import FileServer
    from orchestration.connectors.remote_files import remote_files
    from orchestration.errors import NanoliftError, SourceError
    from orchestration.exports.report.slugs import slugs
    from orchestration.publishing import roll_back
    from orchestration.text_training import TrainingRequest, train_text

    names = slugs(payloads)
    if len({name.casefold() for name in names.values()}) < len(set(payloads)):
        yield "two campaigns share a page"
    yield from (f"page {name!r}" for name in names.values() if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,60}", name))
    brand, server = folder / "brand", fsspec.filesystem("memory")
    brand.mkdir()
    (brand / "nanolift.toml").write_text(_BRAND, encoding="utf-8")
    labels = folder / "labels.csv"
    labels.write_text("text\nx\n", encoding="utf-8")
    package = Path(pl.__file__).parent
    for number, payload in enumerate(payloads):
        for what, call in {
            "generation": lambda payload=payload: roll_back(brand, payload),
            "language": lambda payload=payload: train_text(TrainingRequest(brand, labels, payload)),
        }.items():
            try:
                call()
                yield f"{what} {payload!r} is accepted"
            except NanoliftError:
                pass
        try:
            for file in find_files(f"package://polars/{payload}", "csv", brand, folder):
                if not file.local.resolve().is_relative_to(package):
                    yield f"package file {payload!r} is read at {file.local}"
        except (NanoliftError, ValueError):
            pass
        server.store[f"/tills/{payload}{number}.csv"] = _memory_file(server, payload)
    fetched = folder / "fetched"
    fetched.mkdir()
    found = remote_files("memory://tills/**", "csv", FileServer(), {}, fetched, brand, LATER)
    yield from (f"fetched to {file.local}" for file in found if file.local.resolve().parent != fetched)
    if len(found) < len(payloads) / 2:
        yield f"of {len(payloads)} files of a server {len(found)} were fetched"
    server.store.clear()
    drop = folder / "drop"
    drop.mkdir()
    (drop / "a.csv").symlink_to(labels)
    try:
        find_files("drop/*.csv", "csv", folder, folder)
        yield "a link out of its folder is read"
    except SourceError:
        pass
    left = {path.name for path in folder.iterdir()} - {"brand", "labels.csv", "fetched", "drop"}
    yield from (f"outside: {name}" for name in sorted(left))
    left = {path.name for path in brand.iterdir()} - {"nanolift.toml", ".lock"}
    yield from (f"in the workspace: {name}" for name in sorted(left))


def _memory_file(system: Any, payload: str) -> Any:
    from fsspec.implementations.memory import MemoryFile

    return MemoryFile(system, f"/tills/{payload}", b"id\n1\n")
