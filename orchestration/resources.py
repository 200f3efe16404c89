"""The run's session as a Dagster resource: opened before the first step, closed after the last."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime

import dagster as dg

from orchestration.dbt import parsing_ahead, variables
from orchestration.errors import ConfigurationError, NanoliftError
from orchestration.failures import failures_of
from orchestration.observe.watching import after_run, note_refused, watched
from orchestration.orphans import PROCESS_TAG, end_orphans, process_mark
from orchestration.session import RunOptions, RunSession, open_session
from orchestration.settings import Settings
from orchestration.workspace import Workspace

# Run tags that carry what the command line asked for; a run started in the UI has none of them.
FULL_REFRESH_TAG = "nanolift/full_refresh"
REPLAY_AT_TAG = "nanolift/replay_at"
WAIT_SECONDS_TAG = "nanolift/wait_seconds"
FROM_LANDING_TAG = "nanolift/from_landing"
PARTITION_TAG = "dagster/partition"
# Dagster's own: what a schedule calls a run, and which run somebody runs once more.
RUN_KEY_TAG = "dagster/run_key"
PARENT_RUN_TAG = "dagster/parent_run_id"


def options_of(tags: dict[str, str]) -> RunOptions:
    """What a Dagster run is asked to do, from its tags.

    Raises:
        ConfigurationError: the run has no partition, that is, no as_of.
    """
    if PARTITION_TAG not in tags:
        raise ConfigurationError("a nanolift run needs a day: launch the nightly job for one partition (as_of)")
    replay_at = tags.get(REPLAY_AT_TAG)
    return RunOptions(
        as_of=date.fromisoformat(tags[PARTITION_TAG]),
        full_refresh=tags.get(FULL_REFRESH_TAG) == "true",
        replay_at=datetime.fromisoformat(replay_at) if replay_at else None,
        wait_seconds=int(tags.get(WAIT_SECONDS_TAG, "0")),
        from_landing=tags.get(FROM_LANDING_TAG) == "true",
        run_key=None if PARENT_RUN_TAG in tags else tags.get(RUN_KEY_TAG),
    )


def run_session(workspace: Workspace, settings: Settings) -> dg.ResourceDefinition:
    """A resource that holds the workspace's lock for the whole run."""

    @dg.resource
    def session(context: dg.InitResourceContext) -> Iterator[RunSession]:
        if context.run is None:
            raise ConfigurationError("the session exists only within a run")
        # The one clock reading of a run: when its loads were landed. It enters landing, never a result.
        now = datetime.now(UTC).replace(tzinfo=None)
        if context.instance is not None:
            context.instance.add_run_tags(context.run.run_id, {PROCESS_TAG: process_mark(os.getpid()) or ""})
            end_orphans(context.instance, context.run.run_id)
        options, run_id = options_of(dict(context.run.tags)), context.run.run_id
        with ExitStack() as stack:
            stack.callback(after_run, workspace, settings)  # the last of all: another run may begin meanwhile
            try:
                opened = stack.enter_context(open_session(workspace, settings, options, now))
            except NanoliftError as error:
                note_refused(workspace, options.as_of, run_id, error)
                raise
            stack.enter_context(watched(opened, run_id, lambda: failures_of(context.instance, run_id)))
            known = variables(settings, opened.as_of, opened.landed_root)
            with parsing_ahead(known, opened.build.warehouse, opened.dbt_target) as opened.parsing:
                yield opened

    return session
