"""Published generations: where they lie, which one a run starts from, which ones are kept.

Belongs here: reading and choosing generations. Does not: making one (publishing.py), its content (manifest.py).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from orchestration.durable import sha256_of
from orchestration.errors import IntegrityError
from orchestration.sealed import unsealed
from orchestration.settings import Retention
from orchestration.workspace import Build, Workspace

logger = logging.getLogger(__name__)

# What a manifest may say that was written before manifests were sealed.
_UNSEALED = frozenset(
    (
        *("run_id", "as_of", "mode", "replay_at", "published_sequence", "parent", "loads", "stale_since", "basis"),
        *("rows", "gates", "champions", "text_models", "code_fingerprint", "lock_fingerprint"),
        *("warehouse_fingerprint", "files"),
    )
)


@dataclass(frozen=True)
class Generation:
    """A published generation; its folder never changes."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What publishing wrote of the generation.

        Raises:
            IntegrityError: it is missing or no longer readable.
        """
        file = Build(self.path).manifest
        try:
            content = unsealed(json.loads(file.read_text(encoding="utf-8")), _UNSEALED)
            date.fromisoformat(content["as_of"]), int(content["published_sequence"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IntegrityError(
                f"{file} is damaged ({type(error).__name__}): the next run builds from landing without it"
            ) from error
        return content

    @property
    def is_readable(self) -> bool:
        """Whether its manifest is what was published."""
        try:
            return bool(self.manifest)
        except IntegrityError:
            return False

    def is_sound(self, file: Path) -> bool:
        """Whether a file's bytes are those that were published."""
        recorded = self.manifest.get("files", {}).get(str(file.relative_to(self.path)))
        return recorded is not None and file.is_file() and sha256_of(file) == recorded["sha256"]

    def sound(self, name: str) -> Path:
        """The path of a published file, whose bytes are those that were published.

        Raises:
            IntegrityError: it is gone or damaged.
        """
        path = self.path / name
        if not self.is_sound(path):
            raise IntegrityError(
                f"{self.name}/{name} is not what was published: `nanolift verify` names all such files, "
                "`nanolift run` publishes them anew"
            )
        return path

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def loads(self) -> frozenset[str]:
        """The landed loads its warehouse was built from."""
        return frozenset(self.manifest["loads"])


def generations(workspace: Workspace) -> list[Generation]:
    """All published generations, in the order they were published; without those whose manifest is damaged."""
    if not workspace.generations.exists():
        return []
    found = []
    for path in workspace.generations.iterdir():
        generation = Generation(path)
        if generation.is_readable:
            found.append(generation)
        else:
            logger.warning("%s has a damaged manifest: no run starts from it, look at it and delete it", path)
    return sorted(found, key=lambda generation: (generation.manifest["published_sequence"], generation.name))


def current(workspace: Workspace) -> Generation | None:
    """The generation readers see; None: nothing was published yet."""
    if not workspace.current.is_symlink():
        return None
    return Generation(workspace.generations / workspace.current.readlink().name)


def starting_point(workspace: Workspace, as_of: date) -> Generation | None:
    """The newest generation that is not newer than the run's day; None: the run builds afresh."""
    eligible = [generation for generation in generations(workspace) if generation.as_of <= as_of]
    return max(
        eligible, key=lambda generation: (generation.as_of, generation.manifest["published_sequence"]), default=None
    )


def previous_of(now: Generation, found: Sequence[Generation]) -> Generation | None:
    """The generation readers saw before `now`: the newest of no later day; a backfill of an older day is none.

    None: there is none.
    """
    place = (now.as_of, now.manifest["published_sequence"])
    earlier = [each for each in found if (each.as_of, each.manifest["published_sequence"]) < place]
    return max(earlier, key=lambda each: (each.as_of, each.manifest["published_sequence"]), default=None)


def kept(found: Sequence[Generation], always: frozenset[str], retention: Retention) -> frozenset[str]:
    """Names of the generations that stay.

    The newest generation of each day of the last `generations_days` days, the newest of each of the last
    `generations_month_ends` months, and those named in `always` (current and its parent). Days count back from
    the newest as_of, so a workspace that rests does not lose its history.
    """
    newest_of_day: dict[date, str] = {}
    newest_of_month: dict[tuple[int, int], str] = {}
    for generation in sorted(found, key=lambda g: (g.as_of, g.manifest["published_sequence"])):
        newest_of_day[generation.as_of] = generation.name
        newest_of_month[(generation.as_of.year, generation.as_of.month)] = generation.name
    if not newest_of_day:
        return always
    first_day = max(newest_of_day) - timedelta(days=retention.generations_days - 1)
    days = {name for day, name in newest_of_day.items() if day >= first_day}
    months = sorted(newest_of_month)[-retention.generations_month_ends :] if retention.generations_month_ends else []
    return always | days | {newest_of_month[month] for month in months}
