"""`nanolift run`: the nightly job once, at the terminal, without the UI."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread

import dagster as dg

from expectations.engine import preload
from orchestration import resources
from orchestration.assets.publish import KEY as GENERATION
from orchestration.definitions import build_definitions
from orchestration.doctor import check_room
from orchestration.errors import ConfigurationError
from orchestration.event_log import instance_of
from orchestration.failures import gates_failed, reason
from orchestration.initialise import prepare_dagster_home
from orchestration.jobs import NIGHTLY
from orchestration.observe.watching import after_run, note_refused
from orchestration.partitions import FIRST_DAY
from orchestration.privacy.rotation_journal import check_keys
from orchestration.settings import Settings, load_settings
from orchestration.workspace import Build, Workspace

CONSOLE = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class RunRequest:
    """What the command line asks for. from_landing: no source is asked, what is landed is published anew."""

    directory: Path
    as_of: date | None = None
    full_refresh: bool = False
    replay_at: datetime | None = None
    wait_seconds: int = 0
    from_landing: bool = False


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended, in words."""

    succeeded: bool
    message: str


def day_of(request: RunRequest, settings: Settings, now: datetime) -> date:
    """The closed day to run for: asked for, else the configuration's, else yesterday in the brand's zone.

    Raises:
        ConfigurationError: the day is not over yet, or lies before nanolift's first partition.
    """
    last = settings.last_closed_day(now)
    day = request.as_of or settings.brand.as_of or last
    if not FIRST_DAY <= day <= last:
        raise ConfigurationError(f"as_of must be a closed day from {FIRST_DAY} to {last}, not {day}")
    return day


def run_nightly(request: RunRequest) -> RunOutcome:
    """Run the nightly job in this process.

    Returns:
        The outcome; a failed gate or step is an outcome, not an exception.

    Raises:
        NanoliftError: the run could not start.
    """
    _log_to_terminal()
    workspace = Workspace.at(request.directory)
    settings = load_settings(workspace.configuration)
    as_of = day_of(request, settings, datetime.now(UTC))
    try:
        # A missing key and a full disk are told before anything starts, which would need both.
        check_keys(workspace, settings)
        check_room(workspace)
    except ConfigurationError as error:
        note_refused(workspace, as_of, "", error)
        after_run(workspace, settings)
        raise
    definitions = build_definitions(workspace, settings)
    tags = {
        resources.FULL_REFRESH_TAG: "true" if request.full_refresh else "false",
        resources.WAIT_SECONDS_TAG: str(request.wait_seconds),
        resources.FROM_LANDING_TAG: "true" if request.from_landing else "false",
    }
    if request.replay_at is not None:
        tags[resources.REPLAY_AT_TAG] = request.replay_at.isoformat()
    # Seconds of import that the first gate would wait for; the landing waits for its parser process meanwhile.
    Thread(target=preload, name="preload great_expectations", daemon=True).start()
    with instance_of(prepare_dagster_home(workspace)) as instance:
        result = definitions.resolve_job_def(NIGHTLY).execute_in_process(
            instance=instance,
            partition_key=as_of.isoformat(),
            tags=tags,
            run_config=CONSOLE,
            raise_on_error=False,
        )
        published = any(event.is_step_materialization and event.asset_key == GENERATION for event in result.all_events)
        failed = [e for e in result.all_events if e.is_step_failure or e.event_type is dg.DagsterEventType.RUN_FAILURE]
        failures = [*gates_failed(result.all_events), *map(reason, failed)]
    if not result.success:
        reasons = "\n  ".join(dict.fromkeys(reason for reason in failures if reason))
        ended = "published nothing; what was published before still stands"
        if published:
            ended = "is published, but not everything was delivered"
        return RunOutcome(False, f"The run for {as_of} {ended}.\n  {reasons}")
    current = Build(workspace.current)
    return RunOutcome(
        True,
        f"Published the run for {as_of}.\n  exports  {current.exports}\n  report   {current.report / 'index.html'}",
    )


def _log_to_terminal() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.setLevel(logging.INFO)  # a step's end, not its beginning
    progress = logging.getLogger("nanolift.progress")
    progress.handlers[:] = [handler]
    progress.setLevel(logging.INFO)
    progress.propagate = False
