"""What reliability_catch_up.py has Dagster's daemon serve: our schedule, and a night that only publishes.

Belongs here: definitions in which the schedule, the days, the session, the lock and publishing are the pipeline's own.
Does not: starting a daemon, counting.
"""

# No deferred annotations: Dagster looks at the type of an op's context itself.
import dagster as dg

from benchmarks.reliability_rivals import run
from orchestration.environment import workspace_directory
from orchestration.jobs import NIGHTLY, nightly_schedule
from orchestration.partitions import days
from orchestration.resources import options_of
from orchestration.settings import load_settings

HELD_SECONDS = 3.0  # longer than the daemon takes from one start to the next, so that nights would meet


@dg.definitions
def defs() -> dg.Definitions:
    """The schedule of the workspace that NANOLIFT_WORKSPACE names."""
    root = workspace_directory()
    settings = load_settings(root / "nanolift.toml")

    @dg.op
    def night(context: dg.OpExecutionContext) -> None:
        options = options_of(dict(context.run.tags))
        run(root, options.as_of, held=HELD_SECONDS, wait=options.wait_seconds, run_key=options.run_key)

    @dg.job(name=NIGHTLY, partitions_def=days(settings), executor_def=dg.in_process_executor)
    def job() -> None:
        night()

    return dg.Definitions(jobs=[job], schedules=[nightly_schedule(settings, job)])  # type: ignore[arg-type]
