"""Many at once: readers while nights publish, two runs, two schedulers, a run after one that was killed.

A part of benchmarks/reliability.py, with the pipeline's own session, lock, schedule and publishing; only the steps
between opening a session and publishing are replaced by writing a small build, so that hundreds of runs take seconds.

torn_reads: 100 processes read while 100 generations are published; a reader opens `current` once and holds every file
against the manifest, and reads single files through `current`, which must each be whole. One whose generation was swept
away opens `current` again. double_publishes: of two runs started at once (20 times) both were within the workspace at
one time, or one that found it held did not name the holder; of two schedulers (10 ticks) more or less than 10 runs
published. stuck_locks: a run after a killed one (20 times, its own child still alive) was not let in, or a killed
run's pool slot stayed taken.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_nights import new_workspace

READERS, PUBLISHES = 100, 100
PAIRS, TICKS, KILLS = 20, 10, 20
QUICK_READERS, QUICK_PUBLISHES, QUICK_TIMES = 8, 12, 2
FILES = 8
FIRST = date(2025, 6, 1)
HELD_SECONDS = 0.3


def in_child(work: Callable[[], Any], report: Path) -> int:
    """Fork, do the work, write what it returned (or its error) as JSON; the child's id."""
    child = os.fork()
    if child:
        return child
    try:
        said: Any = work()
    except BaseException as error:  # noqa: BLE001 - told in the report
        said = {"error": f"{type(error).__name__}: {error}"}
    partial = report.with_suffix(".partial")
    partial.write_text(json.dumps(said))
    partial.rename(report)
    os._exit(0)


def run(
    root: Path, as_of: date, *, held: float = HELD_SECONDS, wait: int = 0, run_key: str | None = None
) -> dict[str, Any]:
    """A run from opening its session to publishing; when it was within the workspace (monotonic seconds)."""
    from orchestration.durable import write_json
    from orchestration.publishing import next_sequence, publish, write_manifest
    from orchestration.session import RunOptions, open_session
    from orchestration.settings import Retention, load_settings
    from orchestration.state import STATE_FILE, adopt_generations
    from orchestration.workspace import Workspace

    workspace = Workspace.at(root)
    settings = load_settings(workspace.configuration)
    options = RunOptions(as_of, wait_seconds=wait, run_key=run_key)
    with open_session(workspace, settings, options, datetime(2026, 1, 2, 3, 4, 5)) as session:
        begun = time.monotonic()
        time.sleep(held)
        session.build.exports.mkdir()
        sequence = next_sequence(workspace)
        for number in range(FILES):
            (session.build.exports / f"{number}.csv").write_text(f"{sequence}\n" * 2_000)
        write_json(session.build.root / STATE_FILE, session.state_entry())
        content = {
            "as_of": as_of.isoformat(),
            "published_sequence": sequence,
            "parent": session.parent.name if session.parent else None,
            "loads": [],
            "run_key": run_key,
        }
        write_manifest(session.build, content)
        publish(workspace, session.build, session.run_id, Retention())
        adopt_generations(workspace)
        return {"published": session.run_id, "begun": begun, "ended": time.monotonic(), "pid": os.getpid()}


def _read_all(root: Path) -> str:
    """One look of a careful reader: "" whole, "again" its generation was swept meanwhile, else what is torn."""
    from orchestration.errors import IntegrityError
    from orchestration.generations import current
    from orchestration.publishing import verify
    from orchestration.workspace import Workspace

    now = current(Workspace.at(root))
    if now is None:
        return "nothing is published"
    try:
        verify(now)
        said = {(now.path / "exports" / f"{number}.csv").read_text() for number in range(FILES)}
    except (IntegrityError, OSError) as error:
        return "again" if not now.path.exists() else f"{type(error).__name__}: {error}"
    return "" if len(said) == 1 else "files of two generations"


def _read_one(root: Path, lot: random.Random) -> str:
    try:
        text = (root / "current" / "exports" / f"{lot.randrange(FILES)}.csv").read_text()
    except OSError as error:
        return f"{type(error).__name__} through current"
    return "" if len(set(text.splitlines())) == 1 and text.count("\n") == 2_000 else "half a file through current"


def reader(root: Path, number: int) -> dict[str, Any]:
    """Read until the publishing is over."""
    lot, torn, reads, again = random.Random(number), list[str](), 0, 0
    while not (root / "over").exists():
        for said in (_read_all(root), _read_one(root, lot)):
            reads += 1
            again += said == "again"
            torn += [said] if said not in ("", "again") else []
        time.sleep(lot.random() * 0.4)
    return {"torn": torn[:5], "count": len(torn), "reads": reads, "again": again}


def reading(folder: Path, readers: int, publishes: int) -> dict[str, Any]:
    """Readers beside a publisher; every other generation is the next day's."""
    root = new_workspace(folder / "reading")
    run(root, FIRST, held=0)
    children = {
        in_child(lambda number=number: reader(root, number), folder / f"reader{number}.json"): number  # type: ignore[misc]
        for number in range(readers)
    }
    for number in range(publishes):
        run(root, FIRST + timedelta(days=number // 2), held=0.03)
    (root / "over").touch()
    for child in children:
        os.waitpid(child, 0)
    said = [json.loads((folder / f"reader{number}.json").read_text()) for number in range(readers)]
    errors = [each["error"] for each in said if "error" in each]
    return {
        "torn": sum(each.get("count", 1) for each in said),
        "what": sorted({what for each in said for what in each.get("torn", ())} | set(errors))[:5],
        "reads": sum(each.get("reads", 0) for each in said),
        "again": sum(each.get("again", 0) for each in said),
    }


def at_once(folder: Path, works: Sequence[Callable[[], Any]]) -> list[dict[str, Any]]:
    """Do all at once in children; what each returned."""
    reports = [folder / f"once{number}.json" for number in range(len(works))]
    for report in reports:
        report.unlink(missing_ok=True)
    for child in [in_child(work, report) for work, report in zip(works, reports, strict=True)]:
        os.waitpid(child, 0)
    return [json.loads(report.read_text()) for report in reports]


def pair(folder: Path, number: int) -> dict[str, Any]:
    """Two runs at once; every other time the second one waits."""
    root = new_workspace(folder / "pair")
    wait = 60 if number % 2 else 0
    ends = at_once(folder, [lambda: run(root, FIRST, wait=wait), lambda: run(root, FIRST, wait=wait)])
    inside = sorted((each["begun"], each["ended"]) for each in ends if "published" in each)
    overlap = len(inside) == 2 and inside[1][0] < inside[0][1]
    refused = [each["error"] for each in ends if "error" in each]
    holder = next((each for each in ends if "published" in each), {})
    named = all("WorkspaceBusyError" in why and f"process {holder.get('pid')}" in why for why in refused)
    wrong = overlap or not named or not inside or (wait > 0 and len(inside) != 2)
    return {"double": bool(wrong), "published": len(inside), "refused": refused}


def _scheduler(root: Path, when: datetime, late: float) -> dict[str, Any]:
    """One scheduler's tick: Dagster's evaluation of our schedule, then the run it asks for."""
    import dagster as dg

    from orchestration.jobs import NIGHTLY, nightly_schedule
    from orchestration.partitions import days
    from orchestration.settings import load_settings

    settings = load_settings(root / "nanolift.toml")

    @dg.job(name=NIGHTLY, partitions_def=days(settings))
    def job() -> None:
        """Stands for the nightly job: only what the schedule asks of it is of interest."""

    schedule = nightly_schedule(settings, job)  # type: ignore[arg-type]
    repository = dg.Definitions(jobs=[job], schedules=[schedule]).get_repository_def()
    context = dg.build_schedule_context(scheduled_execution_time=when, repository_def=repository)
    asked = schedule.evaluate_tick(context).run_requests
    time.sleep(late)
    assert len(asked) == 1, asked
    return run(root, date.fromisoformat(asked[0].partition_key), run_key=asked[0].run_key)


def schedulers(folder: Path, ticks: int) -> dict[str, Any]:
    """Two schedulers, all ticks; the second one is late by up to thrice the time a run takes."""
    from orchestration.generations import generations
    from orchestration.workspace import Workspace

    root, lot, odd = new_workspace(folder / "ticks"), random.Random(1), list[str]()
    for number in range(ticks):
        when = datetime(2025, 6, 2, 1, tzinfo=UTC) + timedelta(days=number)
        late = lot.random() * HELD_SECONDS * 3
        ends = at_once(folder, [lambda: _scheduler(root, when, 0), lambda: _scheduler(root, when, late)])  # noqa: B023
        odd += [
            each["error"]
            for each in ends
            if "error" in each and not each["error"].startswith(("WorkspaceBusyError", "AlreadyPublishedError"))
        ]
    days = [generation.as_of for generation in generations(Workspace.at(root))]
    return {"published": len(days), "days": len(set(days)), "odd": odd}


def after_kill(folder: Path, number: int) -> dict[str, Any]:
    """A holder is killed at a time drawn by lot while a process it started lives on; the next run must get in."""
    root = new_workspace(folder / "killed")

    def hold() -> None:
        subprocess.Popen(["sleep", "20"])
        run(root, FIRST, held=30)

    report = folder / "held.json"
    report.unlink(missing_ok=True)
    child = in_child(lambda: (os.setpgid(0, 0), hold()), report)
    time.sleep(0.2 + random.Random(number).random() * 0.4)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    (end,) = at_once(folder, [lambda: run(root, FIRST, held=0)])
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    left = list((root / "builds").iterdir()) if (root / "builds").exists() else []
    return {"stuck": "published" not in end or bool(left), "said": end.get("error", "")}


def slots(folder: Path) -> dict[str, Any]:
    """A run is killed while it holds a pool's only slot; the next run's start frees it."""
    import dagster as dg

    from orchestration.orphans import PROCESS_TAG, end_orphans, process_mark

    home = folder / "home"
    home.mkdir()
    with dg.DagsterInstance.from_ref(dg.DagsterInstance.local_temp(str(home)).get_ref()) as instance:
        holder = subprocess.Popen(["sleep", "60"])
        tags = {PROCESS_TAG: process_mark(holder.pid) or ""}
        instance.add_run(dg.DagsterRun("nightly", run_id="killed", status=dg.DagsterRunStatus.STARTED, tags=tags))
        storage = instance.event_log_storage
        storage.set_concurrency_slots("warehouse", 1)
        taken = storage.claim_concurrency_slot("warehouse", "killed", "step").is_claimed
        holder.kill()
        holder.wait()
        end_orphans(instance, "next")
        free = storage.claim_concurrency_slot("warehouse", "next", "step").is_claimed
    shutil.rmtree(home)
    return {"stuck": not (taken and free)}


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over the trials that are done."""
    # Imported before children are forked.
    import orchestration.jobs
    import orchestration.session  # noqa: F401

    many = (QUICK_READERS, QUICK_PUBLISHES) if quick else (READERS, PUBLISHES)
    pairs, ticks, kills = (QUICK_TIMES,) * 3 if quick else (PAIRS, TICKS, KILLS)
    folder = Path(tempfile.mkdtemp(prefix="nanolift-rivals-"))
    journal = Journal("rivals", folder) if quick else Journal("rivals")
    trials: dict[str, Callable[[], dict[str, Any]]] = {
        "reading": lambda: reading(folder, *many),
        **{f"pair {number}": lambda number=number: pair(folder, number) for number in range(pairs)},  # type: ignore[misc]
        "schedulers": lambda: schedulers(folder, ticks),
        **{f"kill {number}": lambda number=number: after_kill(folder, number) for number in range(kills)},  # type: ignore[misc]
        "slots": lambda: slots(folder),
    }
    try:
        for name in journal.due(trials):
            if seconds_left() <= 0:
                break
            journal.write(name, **trials[name]())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    done = {each["trial"]: each for each in journal.of(trials)}
    read, ticked = done.get("reading", {}), done.get("schedulers", {})
    yield Figure("torn_reads", float(read.get("torn", 0)), high=0)
    double = sum(each.get("double", False) for each in done.values())
    wrong_ticks = abs(ticked.get("published", ticks) - ticks) + len(ticked.get("odd", ()))
    yield Figure("double_publishes", float(double + wrong_ticks), high=0)
    yield Figure("stuck_locks", float(sum(each.get("stuck", False) for each in done.values())), high=0)
    yield Figure(f"rivals_done_of_{len(trials)}", float(len(done)))
    yield Figure("torn_reads_looked_at", float(read.get("reads", 0)))
    yield Figure("torn_reads_opened_again", float(read.get("again", 0)))
