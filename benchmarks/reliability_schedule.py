"""Two years of the schedule over daylight saving, on machines of three time zones, and seven days of a machine down.

A part of benchmarks/reliability.py. Dagster's own times of our schedule, from 2025 to 2026, for brands of five zones at
every hour of the night, each in a process whose TZ is another: every closed day is asked for once, under a key of its
own, and none before it is over (schedule_days_wrong). A machine that was down for seven days catches up on all of them
(catch_up_days_missing).
"""

from __future__ import annotations

import json
import os
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.figures import Figure

MACHINES = ("UTC", "America/Los_Angeles", "Pacific/Auckland")
BRANDS = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata")
HOURS, QUICK_HOURS = range(6), (2,)
BEGIN, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
DOWN_DAYS = 7


def asked(zone: str, hour: int, folder: Path) -> Counter[str]:
    """How often each day is asked for between BEGIN and END; under "early" what was asked for before it was over."""
    import dagster as dg
    from dagster._utils.schedules import schedule_execution_time_iterator  # what its scheduler goes by

    from benchmarks.reliability_nights import new_workspace
    from orchestration.jobs import NIGHTLY, nightly_schedule
    from orchestration.partitions import days
    from orchestration.settings import load_settings

    file = new_workspace(folder / "brand") / "nanolift.toml"
    text = file.read_text(encoding="utf-8").replace("Europe/Paris", zone)
    text = text.replace("[schedule]\n", f"[schedule]\nhour = {hour}\n")
    file.write_text(text, encoding="utf-8")
    settings = load_settings(file)

    @dg.job(name=NIGHTLY, partitions_def=days(settings))
    def job() -> None:
        """Stands for the nightly job: only what the schedule asks of it is of interest."""

    schedule = nightly_schedule(settings, job)  # type: ignore[arg-type]
    repository = dg.Definitions(jobs=[job], schedules=[schedule]).get_repository_def()
    found: Counter[str] = Counter()
    cron, execution_zone = str(schedule.cron_schedule), schedule.execution_timezone
    for tick in schedule_execution_time_iterator(BEGIN.timestamp(), cron, execution_zone):
        if tick >= END:
            return found
        context = dg.build_schedule_context(scheduled_execution_time=tick, repository_def=repository)
        for request in schedule.evaluate_tick(context).run_requests:
            assert request.run_key == request.partition_key
            found[str(request.partition_key)] += 1
            over = date.fromisoformat(str(request.partition_key)) + timedelta(days=1)
            found["early"] += tick.astimezone(ZoneInfo(zone)).date() < over
    return found


def wrong_days(machine: str, hours: Iterable[int]) -> int:
    """Days not asked for exactly once, on a machine of that zone."""
    os.environ["TZ"] = machine
    time.tzset()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for zone in BRANDS:
            for hour in hours:
                found = asked(zone, hour, Path(folder))
                wrong += found.pop("early", 0)
                first, last = date(2025, 1, 1), date(2026, 12, 30)  # whatever the zone, these nights are within
                every = [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]
                wrong += sum(found[day] != 1 for day in every)
                wrong += sum(times != 1 for times in found.values())
    return wrong


def caught_up() -> int:
    """Of the nights missed in seven days, those that the schedule would not ask for; a real daemon: catch_up."""
    from orchestration.jobs import due_days

    last = date(2025, 3, 31)  # the clocks change within the week
    missed = {last - timedelta(days=back) for back in range(DOWN_DAYS)}
    return len(missed - set(due_days({last - timedelta(days=DOWN_DAYS)}, last)))


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over all machines, brands and hours."""
    hours = list(QUICK_HOURS if quick else HOURS)
    wrong = 0
    for machine in MACHINES[: 1 if quick else None]:
        reading, writing = os.pipe()
        child = os.fork()  # TZ is a process's own
        if child == 0:
            said: Any = None
            try:
                said = wrong_days(machine, hours)
            except BaseException:  # noqa: BLE001 - the parent tells that it failed
                traceback.print_exc()
            finally:
                os.write(writing, json.dumps(said).encode())
                os._exit(0)
        os.close(writing)
        found = json.loads(os.read(reading, 100))
        os.waitpid(child, 0)
        if found is None:
            raise RuntimeError(f"the schedule could not be followed on a machine of {machine}")
        wrong += found
    yield Figure("schedule_days_wrong", float(wrong), high=0)
    yield Figure("catch_up_days_missing", float(caught_up()), high=0)
