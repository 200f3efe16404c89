"""Nights for trials of reliability: each a fork of one warm process, run as `nanolift run` does, and killed at will.

Belongs here: the warm process, one night as a child in its own process group, points to kill it at. Does not: what
must hold afterwards (reliability_state.py, the parts).

A night is the real one: the same job, files, locks, parser process and dbt command. Only imports are done beforehand,
and the clock that stamps loads is handed in, so that two nights can have the same.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any

DAY, NEXT_DAY = date(2025, 6, 30), date(2025, 7, 1)
CLOCK = datetime(2026, 1, 2, 3, 4, 5)
# What Python tells of before it changes a file (sys.addaudithook); fsync tells nothing but follows an open.
CHANGES = frozenset(
    ("os.rename", "os.link", "os.symlink", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree")
)
HUNG_SECONDS = 900.0


@dataclass(frozen=True)
class Kill:
    """Where a night is killed: before its n-th change of the workspace's files, or some time after its k-th line.

    Attributes:
        change: 1 for the first change; None: by time.
        line, fraction: so many of the night's progress lines were printed, and this share of the next step's seconds
            has passed.
    """

    change: int | None = None
    line: int = 0
    fraction: float = 0.0


@dataclass(frozen=True)
class Ended:
    """How a night ended. succeeded, message: None where it was killed. lines: (progress line, seconds since start)."""

    succeeded: bool | None
    message: str | None
    changes: int
    lines: tuple[tuple[str, float], ...]
    peak_bytes: int


@dataclass
class Warm:
    """The warm process's own folder, with the dbt command of its nights."""

    folder: Path
    definitions: dict[Path, tuple[Any, Any]] = field(default_factory=dict)

    def prepare(self, root: Path) -> None:
        """Make the definitions of a workspace once; nights of it with the same settings find them made."""
        from orchestration.definitions import build_definitions
        from orchestration.settings import load_settings
        from orchestration.workspace import Workspace

        workspace = Workspace.at(root)
        settings = load_settings(workspace.configuration)
        self.definitions[workspace.root] = (settings, build_definitions(workspace, settings))

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def warm() -> Warm:
    """Import all that a night imports, without starting a thread, and start the dbt server."""
    import dbt.adapters.duckdb
    import dbt.cli.main  # noqa: F401
    import lightgbm  # noqa: F401
    import sklearn.model_selection  # noqa: F401

    import orchestration.nightly  # noqa: F401
    from benchmarks.reliability_dbt import serve
    from expectations.engine import preload

    preload()
    made = Warm(Path(tempfile.mkdtemp(prefix="nanolift-trials-")))
    serve(made.folder)
    return made


def start(
    by: Warm,
    root: Path,
    as_of: date,
    *,
    kill_at_change: int | None = None,
    clock: datetime = CLOCK,
    full_refresh: bool = False,
    wait_seconds: int = 0,
    before: Callable[[], None] | None = None,
    work: Callable[[], dict[str, Any]] | None = None,
) -> int:
    """Fork a night for a workspace; its process id, which is its group's too.

    Args:
        before: called in the child first: limits, faults.
        work: done in the place of the night; says succeeded, message.
    """
    report = root.with_name(f"{root.name}.night.json")
    log = root.with_name(f"{root.name}.night.log")
    report.unlink(missing_ok=True)
    log.write_text("")
    child = os.fork()
    if child:
        os.setpgid(child, child)
        return child
    try:
        os.setpgid(0, 0)
        stream = os.open(log, os.O_WRONLY | os.O_APPEND)
        os.dup2(stream, 1)
        os.dup2(stream, 2)
        sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
        sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
        sys.executable = str(by.folder / "python")  # so that `dbt` beside it is ours
        if before is not None:
            before()
        _use_what_is_made(by)
        said = work() if work else _night(root, as_of, kill_at_change, clock, full_refresh, wait_seconds)
        report.write_text(json.dumps(said))
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - the child's end must be told whatever it was
        import traceback

        with suppress(OSError):  # where the disk is full
            traceback.print_exc()
        with suppress(OSError):
            said = {"succeeded": False, "message": f"{type(error).__name__}: {error}", "changes": 0}
            report.write_text(json.dumps(said))
    finally:
        os._exit(1)  # a child that got out of here would go on as a second trial


def _use_what_is_made(by: Warm) -> None:
    from orchestration import nightly

    make = nightly.build_definitions

    def found(workspace: Any, settings: Any) -> Any:
        known, made = by.definitions.get(workspace.root, (None, None))
        return made if known == settings else make(workspace, settings)

    nightly.build_definitions = found


def _night(
    root: Path, as_of: date, kill_at: int | None, clock: datetime, full_refresh: bool, wait_seconds: int
) -> dict[str, Any]:
    import resource

    from orchestration.errors import NanoliftError
    from orchestration.nightly import RunRequest, run_nightly

    stop_clock(clock)
    counted = count_changes(root, kill_at)
    try:
        outcome = run_nightly(RunRequest(root, as_of=as_of, full_refresh=full_refresh, wait_seconds=wait_seconds))
        said: dict[str, Any] = {"succeeded": outcome.succeeded, "message": outcome.message}
    except NanoliftError as error:
        said = {"succeeded": False, "message": f"{type(error).__name__}: {error}"}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return said | {"changes": counted[0], "peak": peak}


def stop_clock(at: datetime = CLOCK) -> None:
    """Runs of this process begin at this instant."""
    from orchestration import resources

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:  # type: ignore[override]
            now = at.replace(tzinfo=UTC) if tz is UTC else at
            return cls.fromisoformat(now.isoformat())

    resources.datetime = Clock  # type: ignore[attr-defined,misc]


def count_changes(root: Path, kill_at: int | None, *, scratch_too: bool = False) -> list[int]:
    """Count what changes the workspace's files, scratch and Dagster's own aside; kill the group before the n-th."""
    counted, inside = [0], f"{root}/"
    aside = (f"{root}/.dagster", *(() if scratch_too else (f"{root}/builds/",)))
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            if not isinstance(arguments[2], int) or not arguments[2] & writing:
                return
        elif event not in CHANGES:
            return
        # Of two paths the second is where the change shows: a build becomes a generation.
        path = str(arguments[1] if event in ("os.rename", "os.link", "os.symlink") else arguments[0])
        if path.startswith(inside) and not path.startswith(aside):
            counted[0] += 1
            if counted[0] == kill_at:
                os.killpg(0, signal.SIGKILL)

    sys.addaudithook(hook)
    return counted


def await_end(root: Path, child: int, kill: Kill | None = None, steps: tuple[float, ...] = ()) -> Ended:
    """Wait for a night, and kill its group where that is asked for.

    Args:
        kill: by time; kills at a change are the child's own.
        steps: seconds of each step of an uninterrupted night.
    """
    report = root.with_name(f"{root.name}.night.json")
    log = root.with_name(f"{root.name}.night.log")
    begun, seen, lines, due = time.monotonic(), 0, [], None
    while True:
        gone, _ = os.waitpid(child, os.WNOHANG)
        now = time.monotonic() - begun
        with log.open() as file:
            file.seek(seen)
            fresh = file.read()
        whole = fresh[: fresh.rfind("\n") + 1]
        seen += len(whole.encode())
        lines += [(line, now) for line in whole.splitlines() if is_step(line)]
        if kill is not None and kill.change is None and due is None and len(lines) >= kill.line:
            due = now + kill.fraction * (steps[kill.line] if kill.line < len(steps) else 1.0)
        if gone:
            break
        if (due is not None and now >= due) or now > HUNG_SECONDS:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            break
        time.sleep(0.02)
    end_group(child)
    said = json.loads(report.read_text()) if report.exists() and report.stat().st_size else {}
    return Ended(said.get("succeeded"), said.get("message"), said.get("changes", 0), tuple(lines), said.get("peak", 0))


def is_step(line: str) -> bool:
    """A progress line of orchestration/progress.py: name, outcome, rows, seconds."""
    return line[28:29] == " " and line[29:35].strip() in ("ok", "failed") and " s" in line


def end_group(group: int) -> None:
    """Kill what is left of a night's group and wait until nothing is."""
    for _ in range(500):
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    raise RuntimeError(f"process group {group} does not end")


def night(
    by: Warm, root: Path, as_of: date, kill: Kill | None = None, steps: tuple[float, ...] = (), **how: Any
) -> Ended:
    """One night from beginning to end, or to its kill."""
    child = start(by, root, as_of, kill_at_change=kill.change if kill else None, **how)
    return await_end(root, child, kill, steps)


def new_workspace(root: Path, size: str = '"tiny"', more: str = "") -> Path:
    """A workspace of the demo world that has published nothing."""
    from orchestration.dbt import ROOT

    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    text = (ROOT / "examples" / "demo" / "nanolift.toml").read_text(encoding="utf-8")
    (root / "nanolift.toml").write_text(text.replace('size = "default"', f"size = {size}") + more, encoding="utf-8")
    return root


def copied(source: Path, target: Path) -> Path:
    """A copy of a workspace, links and times as they are."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
    return target
