"""All of nanolift as Dagster sees it: assets by layer, gates, the nightly job, its schedule."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.assets import (
    delivery,
    exports,
    features,
    landing,
    ledger,
    measurements,
    models,
    moments,
    monitoring,
    publish,
    reach,
    review_effect,
    scores,
    signals,
    store_lift,
    talk,
    warehouse,
)
from orchestration.dbt import PROFILES, ROOT, prepared_manifest
from orchestration.dbt_command import InstalledDbt
from orchestration.environment import workspace_directory
from orchestration.jobs import nightly_job, nightly_schedule, orphans_sensor
from orchestration.partitions import ONE_DAY_A_RUN, days
from orchestration.resources import run_session
from orchestration.settings import Settings, load_settings
from orchestration.telemetry import switch_off
from orchestration.workspace import Workspace

# The order of the data's way; each module says what its layer holds.
LAYERS = (
    landing,
    signals,
    warehouse,
    features,
    models,
    measurements,
    moments,
    store_lift,
    review_effect,
    ledger,
    talk,
    reach,
    scores,
    monitoring,
    exports,
    publish,
    delivery,
)


def build_definitions(
    workspace: Workspace, settings: Settings, overrides: Mapping[str, Any] | None = None
) -> dg.Definitions:
    """Fresh definitions for a workspace.

    Args:
        workspace: the brand's folder.
        settings: its configuration.
        overrides: resources to replace, for tests.
    """
    partitions = days(settings)
    manifest = prepared_manifest()
    built = [
        *landing.assets(partitions),
        *signals.assets(partitions),
        *warehouse.assets(partitions, manifest),
        *features.assets(partitions),
        *models.assets(partitions),
        *measurements.assets(partitions),
        *moments.assets(partitions),
        *store_lift.assets(partitions),
        *review_effect.assets(partitions),
        *ledger.assets(partitions),
        *talk.assets(partitions),
        *reach.assets(partitions),
        *scores.assets(partitions),
        *monitoring.assets(partitions),
        *exports.assets(partitions),
        *publish.assets(partitions),
        *delivery.assets(partitions),
    ]
    checks = [check for layer in LAYERS for check in layer.checks()]
    job = nightly_job()
    return dg.Definitions(
        assets=[each.with_attributes(backfill_policy=ONE_DAY_A_RUN) for each in built],
        asset_checks=checks,
        jobs=[job],
        schedules=[nightly_schedule(settings, job)],
        sensors=[orphans_sensor()],
        resources={
            "session": run_session(workspace, settings),
            "dbt": InstalledDbt(
                project_dir=str(ROOT),
                profiles_dir=str(PROFILES),
                dbt_executable=str(Path(sys.executable).with_name("dbt")),
            ),
            **(overrides or {}),
        },
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The workspace that Dagster's own processes serve."""
    switch_off()  # also where `dagster` itself was started, and not by `nanolift`
    workspace = Workspace.at(workspace_directory())
    return build_definitions(workspace, load_settings(workspace.configuration))
