"""`nanolift connect test`: does a source let us in, what does it show, does the mapping fit? Nothing is landed.

Belongs here: which source, and what was seen in words. Does not: reading (connectors/look.py).
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from orchestration.connectors.extract import Extraction
from orchestration.connectors.look import Look, look_at
from orchestration.environment import real_data_directory
from orchestration.errors import ConfigurationError
from orchestration.settings import Settings, Source, load_settings
from orchestration.workspace import Workspace


def try_source(directory: Path, name: str) -> tuple[str, bool]:
    """What a source of the workspace showed, in words, and whether all of its streams can be read and fit.

    Raises:
        ConfigurationError: nanolift.toml is not right, or has no such source to test.
    """
    workspace = Workspace.at(directory)
    settings = load_settings(workspace.configuration)
    source = _source(settings, name)
    folder = Path(tempfile.mkdtemp(prefix="nanolift_look_"))
    try:
        looks = look_at(
            source,
            source.streams,
            Extraction(
                folder,
                workspace.root,
                real_data_directory(),
                settings.brand.timezone,
                datetime.now(UTC).replace(tzinfo=None),
            ),
        )
    finally:
        shutil.rmtree(folder)
    lines = [line for look in looks for line in _told(look)]
    healthy = all(look.problem is None and (look.fitting or not look.rows) for look in looks)
    lines.append("nothing was landed" if healthy else "nothing was landed; correct what is told above, and test again")
    return "\n".join(lines), healthy


def _source(settings: Settings, name: str) -> Source:
    for source in settings.sources:
        if source.name == name and source.kind == "demo":
            raise ConfigurationError(f"{name} is the simulated market: there is nothing to connect to")
        if source.name == name:
            return source
    raise ConfigurationError(f"no source {name!r}; there are {[source.name for source in settings.sources]}")


def _told(look: Look) -> list[str]:
    if look.problem is not None:
        return [f"{look.stream}: NOT READ: {look.problem}"]
    if not look.rows:
        head = f"{look.stream}: {look.shown} lets us in and shows no row"
    else:
        head = f"{look.stream}: {look.shown} shows {look.rows:,} rows, {look.fitting:,} of them fit the mapping"
    reasons = [f"  {count:>8,}  {reason}" for reason, count in look.reasons.items()]
    unmapped = [f"  not mapped: {', '.join(look.unmapped)}"] if look.unmapped else []
    return [head, *reasons, *unmapped, *(f"  {note}" for note in look.notes)]
