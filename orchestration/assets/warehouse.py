"""Layers staging, intermediate, marts: dbt builds the run's own warehouse file from the landed loads.

Belongs here: where the warehouse starts from, how dbt is called, what the UI is told, the marts gate. Does not:
what a model computes (dbt_project/).
"""

import logging
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from expectations.registry import suite
from expectations.result import GateResult
from expectations.runner import GateContext, validate
from orchestration.connectors.selection import vanished
from orchestration.dbt import WAREHOUSE_VARIABLE, build_arguments, variables
from orchestration.fingerprint import warehouse_fingerprint
from orchestration.gate_frames.marts import marts_frames
from orchestration.gates import gate_checks
from orchestration.privacy.retention import expired_rows
from orchestration.progress import announce
from orchestration.session import RunSession
from orchestration.workspace import Build

logger = logging.getLogger(__name__)

# How many vanished loads a warning names.
_NAMED_LOADS = 5

MARTS = "marts"
# What the layers after dbt read: each is guarded by the marts gate.
GUARDED = (
    "bridge_campaign_areas",
    "bridge_campaign_products",
    "bridge_campaign_ugc",
    "dim_accounts",
    "dim_campaigns",
    "dim_consumers",
    "dim_products",
    "dim_stores",
    "dim_trust_weights",
    "fct_campaign_costs",
    "fct_campaign_daily",
    "fct_campaign_events",
    "fct_campaign_members",
    "fct_campaigns",
    "fct_influencer_bursts",
    "fct_follower_lists",
    "fct_followers",
    "fct_moment_daily",
    "fct_moment_opportunities",
    "fct_moments",
    "fct_page_daily",
    "fct_post_metric_snapshots",
    "fct_profile_snapshots",
    "fct_sales_daily",
    "fct_sales_lines",
    "fct_store_days",
    "fct_survey_answers",
    "fct_ugc",
    "fct_ugc_labels",
)
KEYS = {name: dg.AssetKey([MARTS, name]) for name in GUARDED}


class LayerTranslator(DagsterDbtTranslator):
    """A dbt model's key and group are its layer: staging/…, intermediate/…, marts/…."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return super().get_asset_key(dbt_resource_props)
        return dg.AssetKey([layer_of(dbt_resource_props), dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return layer_of(dbt_resource_props)


def layer_of(properties: Mapping[str, Any]) -> str:
    """staging, intermediate or marts: the folder the model lies in; seeds have a layer of their own."""
    return str(properties["fqn"][1]) if properties["resource_type"] == "model" else f"{properties['resource_type']}s"


def start_from_parent(session: RunSession) -> bool:
    """Put the parent generation's warehouse where dbt will write; True where it must be built afresh instead."""
    parent = session.parent
    fingerprint = warehouse_fingerprint(session.settings)
    if session.options.full_refresh or session.options.replay_at or parent is None:
        return True
    if parent.manifest["warehouse_fingerprint"] != fingerprint:
        return True
    if left := parent.loads - session.selected_loads:
        # Superseded ones still lie in landing; their rows must go.
        if gone := vanished(left, session.workspace.landing):
            logger.warning(
                "%d landed loads of %s are gone from landing, and their rows from the warehouse: %s. "
                "Restore them from a backup; what a source still has is landed again",
                *(len(gone), parent.name, ", ".join(gone[:_NAMED_LOADS]) + (" …" if len(gone) > _NAMED_LOADS else "")),
            )
        return True
    expired = expired_rows(session.selected)
    if {name: expired.get(name, 0) for name in parent.loads} != {
        name: parent.manifest.get("expired", {}).get(name, 0) for name in parent.loads
    }:
        return True  # rows of loads that the parent was built from have gone since
    published = Build(parent.path).warehouse
    if not parent.is_sound(published):
        logger.warning("%s is damaged: the warehouse is built afresh from landing", published)
        return True
    shutil.copyfile(published, session.build.warehouse)
    return False


def assets(partitions: dg.PartitionsDefinition[str], manifest: Path) -> Sequence[dg.AssetsDefinition]:
    """All dbt models, as one step."""

    @dbt_assets(
        manifest=manifest,
        name="warehouse",
        partitions_def=partitions,
        dagster_dbt_translator=LayerTranslator(),
    )
    def warehouse(
        context: dg.AssetExecutionContext, dbt: DbtCliResource, session: dg.ResourceParam[RunSession]
    ) -> Iterator[Any]:
        with announce("warehouse (dbt)") as step:
            full_refresh = start_from_parent(session)
            os.environ[WAREHOUSE_VARIABLE] = str(session.build.warehouse)
            arguments = build_arguments(
                variables(session.settings, session.as_of, session.landed_root), full_refresh=full_refresh
            )
            if session.parsing is not None:
                session.parsing.wait()
            # dbt's own lines go to a file: the terminal shows steps, the UI shows each model and test.
            with (session.scratch / "dbt.log").open("w") as log, redirect_stdout(log):
                yield from dbt.cli(arguments, context=context, target_path=session.dbt_target).stream()
            step.note = "built afresh" if full_refresh else "brought up to date"

    return [warehouse]


def check(session: RunSession) -> GateResult:
    """The marts gate on this run's warehouse."""
    marts = suite(MARTS)
    with duckdb.connect(str(session.build.warehouse), read_only=True) as connection:
        frames, seen = marts_frames(connection, marts)
    return validate(marts, frames, GateContext(session.streams_with_rows | seen, session.past_figures(MARTS)))


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """gate_marts on every mart that a later layer reads."""
    return [gate_checks(MARTS, list(KEYS.values()), check)]
