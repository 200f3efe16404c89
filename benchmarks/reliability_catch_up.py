"""Dagster's real daemon after seven days down: which days it runs, how often, in which order.

A part of benchmarks/reliability.py. The daemon is started on a new workspace with `[schedule] enabled = true`, so that
it takes up our schedule, and stopped. Then the instance is made to be one that was left seven days ago: its last night
is of then, and so is the instant from which the schedule counts. Started again, the daemon must run each of the seven
closed days, once, oldest first, all to a publication; started a third time, none again. Schedule, days, session, lock
and publishing are the pipeline's own; a night takes three seconds (catch_up_definitions.py).

catch_up_wrong: days missing, run more than once, failed, out of order, or started by the third daemon.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.figures import Figure
from benchmarks.reliability_journal import Journal
from benchmarks.reliability_nights import new_workspace

DOWN_DAYS = 7
HOUR = 3
ZONE = "Europe/Paris"
AT_MOST_SECONDS = 600.0
# The scheduler looks every few seconds; so long nothing may come any more.
QUIET_SECONDS = 20.0
ROOT = Path(__file__).resolve().parents[1]


def missed_ticks(now: datetime) -> list[datetime]:
    """The schedule's last seven instants before `now` (aware), oldest first."""
    local = now.astimezone(ZoneInfo(ZONE))
    last = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if last > local:
        last -= timedelta(days=1)
    return [last - timedelta(days=back) for back in reversed(range(DOWN_DAYS))]


@contextmanager
def daemon(environment: dict[str, str], log: Path) -> Iterator[None]:
    """Dagster's daemon, and what it started, while the block runs."""
    program = Path(sys.executable).with_name("dagster-daemon")
    with log.open("a") as out:
        process = subprocess.Popen(
            [str(program), "run", "-m", "benchmarks.catch_up_definitions"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(60)
            finally:
                _end_group(process.pid)


def _end_group(group: int) -> None:
    from benchmarks.reliability_nights import end_group

    end_group(group)


def until(is_so: Callable[[], bool], what: str, log: Path) -> None:
    """Wait for something that must come.

    Raises:
        RuntimeError: it does not; with the end of the daemon's log.
    """
    give_up = time.monotonic() + AT_MOST_SECONDS
    while not is_so():
        if time.monotonic() > give_up:
            raise RuntimeError(f"{what}: not within {AT_MOST_SECONDS:.0f} s\n{log.read_text()[-3000:]}")
        time.sleep(1)


def trial(folder: Path) -> dict[str, Any]:
    """Seven days down; what the daemon makes of it."""
    import dagster as dg
    from dagster._core.scheduler.instigation import ScheduleInstigatorData

    from orchestration.environment import WORKSPACE_VARIABLE
    from orchestration.initialise import prepare_dagster_home
    from orchestration.jobs import NIGHTLY, PARTITION_TAG, SCHEDULE, SCHEDULE_TAG
    from orchestration.workspace import Workspace

    workspace = Workspace.at(new_workspace(folder / "brand"))
    text = workspace.configuration.read_text(encoding="utf-8")
    wanted = f'[schedule]\nenabled = true\nhour = {HOUR}\ntimezone = "{ZONE}"\n'
    workspace.configuration.write_text(_without_table(text, "schedule") + wanted, encoding="utf-8")
    home = prepare_dagster_home(workspace)
    environment = os.environ | {"DAGSTER_HOME": str(home), WORKSPACE_VARIABLE: str(workspace.root)}
    program = Path(sys.executable).with_name("dagster")
    subprocess.run([str(program), "instance", "migrate"], env=environment, check=True, capture_output=True)
    log = folder / "daemon.log"
    with dg.DagsterInstance.from_config(str(home)) as instance:
        with daemon(environment, log):
            until(lambda: bool(instance.all_instigator_state()), "the daemon took up the schedule", log)
        (state,) = instance.all_instigator_state()
        ticks = missed_ticks(datetime.now(UTC))
        last_night = (ticks[0].date() - timedelta(days=2)).isoformat()
        instance.add_run(
            dg.DagsterRun(
                NIGHTLY,
                run_id="before",
                status=dg.DagsterRunStatus.SUCCESS,
                tags={SCHEDULE_TAG: SCHEDULE, PARTITION_TAG: last_night},
            )
        )
        data = state.instigator_data
        assert isinstance(data, ScheduleInstigatorData)
        left = ScheduleInstigatorData(data.cron_schedule, ticks[0].timestamp() - 1)
        instance.update_instigator_state(state.with_data(left))
        with daemon(environment, log):
            until(lambda: _ended(instance) > DOWN_DAYS, "seven runs have ended", log)
        with daemon(environment, log):
            time.sleep(QUIET_SECONDS)
        after = [each for each in instance.get_run_records() if each.dagster_run.run_id != "before"]
        records = sorted(after, key=lambda each: each.start_time or 0.0)
    days = [(tick.date() - timedelta(days=1)).isoformat() for tick in ticks]
    ran = [each.dagster_run.tags[PARTITION_TAG] for each in records]
    failed = [each.dagster_run.tags[PARTITION_TAG] for each in records if not each.dagster_run.is_success]
    wrong = len(set(days) ^ set(ran)) + len(ran) - len(set(ran)) + len(failed) + (ran != sorted(ran))
    return {"days": days, "ran": ran, "failed": failed, "wrong": wrong, "published": _published(workspace)}


def _ended(instance: Any) -> int:
    return sum(each.dagster_run.is_finished for each in instance.get_run_records())


def _published(workspace: Any) -> list[str]:
    from orchestration.generations import generations

    return sorted(each.as_of.isoformat() for each in generations(workspace))


def _without_table(text: str, table: str) -> str:
    """TOML without one of its tables."""
    head, _, rest = text.partition(f"\n[{table}]\n")
    _, bracket, tail = rest.partition("\n[")
    return f"{head}\n{bracket}{tail}\n"


def figures(quick: bool) -> Iterable[Figure]:
    """One trial, which takes a minute or two; the same when quick."""
    folder = Path(tempfile.mkdtemp(prefix="nanolift-catch-up-"))
    journal = Journal("catch_up", folder) if quick else Journal("catch_up")
    try:
        for name in journal.due(["seven days down"]):
            journal.write(name, **trial(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    (done,) = journal.of(["seven days down"])
    unpublished = len(set(done["days"]) - set(done["published"]))
    yield Figure("catch_up_wrong", float(done["wrong"] + unpublished), high=0)
    yield Figure("catch_up_days_run", float(len(done["ran"])), low=DOWN_DAYS, high=DOWN_DAYS)
