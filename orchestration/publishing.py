"""Making a build the published generation in one step, rolling back, and proving that its bytes are what they were.

Belongs here: manifest, rename, swap, retention, verification. Does not: anything that makes an export.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.durable import sha256_of, sync, sync_tree, write_json
from orchestration.errors import IntegrityError
from orchestration.generations import Generation, current, generations, kept, previous_of
from orchestration.lock import workspace_lock
from orchestration.privacy.pending import refuse_while_pending
from orchestration.sealed import sealed
from orchestration.settings import Retention
from orchestration.workspace import Build, Workspace


def write_manifest(build: Build, content: Mapping[str, Any]) -> None:
    """Write manifest.json: `content`, the SHA-256 and size of every other file of the build, and its own seal."""
    files = {
        str(path.relative_to(build.root)): {"sha256": sha256_of(path), "bytes": path.stat().st_size}
        for path in sorted(build.root.rglob("*"))
        if path.is_file() and path != build.manifest
    }
    write_json(build.manifest, sealed({**content, "files": files}))


def publish(workspace: Workspace, build: Build, run_id: str, retention: Retention) -> bool:
    """Make a build with its manifest a generation, and the current one unless it is older than that.

    Everything is on the disk before `current` moves; a kill at any point leaves the old or the new generation.

    Returns:
        True where `current` moved; False for a backfill of an older day.
    """
    before = current(workspace)
    sync_tree(build.root)
    workspace.generations.mkdir(exist_ok=True)
    target = workspace.generations / run_id
    build.root.rename(target)
    sync(workspace.generations)
    published = Generation(target)
    moves = before is None or not before.is_readable or published.as_of >= before.as_of
    if moves:
        _point_to(workspace, published)
    _sweep(workspace, retention)
    return moves


def next_sequence(workspace: Workspace) -> int:
    """One more than the last published generation's."""
    return max((generation.manifest["published_sequence"] for generation in generations(workspace)), default=0) + 1


def _point_to(workspace: Workspace, generation: Generation) -> None:
    link = workspace.current.with_name(".current.tmp")
    link.unlink(missing_ok=True)
    link.symlink_to(Path("generations") / generation.name)
    link.replace(workspace.current)
    sync(workspace.root)


def _sweep(workspace: Workspace, retention: Retention) -> None:
    now = current(workspace)
    always = frozenset() if now is None or not now.is_readable else frozenset({now.name, str(now.manifest["parent"])})
    found = generations(workspace)
    keep = kept(found, always, retention)
    for generation in found:
        if generation.name not in keep:
            # Out of sight in one step first: half a generation must never look like one.
            workspace.builds.mkdir(exist_ok=True)
            removed = generation.path.rename(workspace.builds / f"removed-{generation.name}")
            sync(workspace.generations)
            shutil.rmtree(removed)


def roll_back(directory: Path, name: str | None) -> str:
    """Publish an earlier generation again: `name`, or the one that was current before the current one.

    Returns:
        What was done, for the terminal.

    Raises:
        IntegrityError: there is no such generation, or its bytes are damaged.
    """
    workspace = Workspace.at(directory)
    with workspace_lock(workspace, "rollback"):
        refuse_while_pending(workspace, "going back")
        now = current(workspace)
        found = generations(workspace)
        if now is None:
            raise IntegrityError(f"{workspace.root} has published nothing yet")
        target = _before(now, found) if name is None else next((each for each in found if each.name == name), None)
        if target is None:
            names = ", ".join(each.name for each in found)
            raise IntegrityError(f"no generation {name or 'before the current one'}; there are {names}")
        verify(target)
        _point_to(workspace, target)
        return f"{target.name} (as of {target.as_of}) is published again in place of {now.name}"


def _before(now: Generation, found: Sequence[Generation]) -> Generation | None:
    """What was current before; where the current one's own manifest is damaged, the newest that is not."""
    return previous_of(now, found) if now.is_readable else (found[-1] if found else None)


def verify(generation: Generation) -> int:
    """Compare every file of a generation with its manifest.

    Returns:
        The number of files compared.

    Raises:
        IntegrityError: the first file that is missing, damaged or not in the manifest.
    """
    recorded: dict[str, dict[str, Any]] = generation.manifest["files"]
    build = Build(generation.path)
    present = {
        str(path.relative_to(generation.path))
        for path in generation.path.rglob("*")
        if path.is_file() and path != build.manifest
    }
    for name in sorted(present | set(recorded)):
        if name not in present or name not in recorded:
            raise IntegrityError(
                f"{generation.name}/{name} is {'missing' if name in recorded else 'not in the manifest'}"
            )
        if sha256_of(generation.path / name) != recorded[name]["sha256"]:
            raise IntegrityError(f"{generation.name}/{name} is damaged: its bytes are not what the manifest says")
    return len(recorded)


def verify_workspace(directory: Path) -> str:
    """`nanolift verify`: the current generation and every landed load against their recorded hashes.

    Raises:
        IntegrityError: what is damaged.
    """
    from orchestration.connectors.loads import read_loads, verified

    workspace = Workspace.at(directory)
    generation = current(workspace)
    if generation is None:
        raise IntegrityError(f"{workspace.root} has published nothing yet")
    files = verify(generation)
    loads = len(verified(read_loads(workspace.landing)))
    return f"{generation.name}: {files} files are as published; {loads} landed loads are as landed"
