"""What every model owes its reader, checked from dbt's own manifest."""

from __future__ import annotations

import re
from typing import Any

import yaml

from orchestration.assets.signals import KEYS as SIGNALS
from orchestration.connectors.streams import STREAMS
from tests.dbt.landed import PROJECT, Project

LAYERS = ("staging", "intermediate", "marts")
LANDED_IN_STAGING = ("source", "load_id", "row_no", "occurred_at", "known_at", "loaded_at", "is_removed")
MARTS_OF_THE_CONTRACT = {
    *("dim_consumers", "dim_accounts", "dim_products", "dim_stores", "dim_campaigns", "dim_dates"),
    *("bridge_campaign_products", "bridge_campaign_areas", "fct_sales_lines", "fct_sales_daily", "fct_store_days"),
    *("fct_ugc", "fct_profile_snapshots", "fct_post_metric_snapshots", "fct_page_daily", "fct_campaign_events"),
    *("fct_campaign_costs", "fct_survey_answers", "fct_campaign_members", "fct_campaign_daily", "fct_campaigns"),
    *("fct_moments", "fct_moment_daily", "fct_moment_opportunities", "fct_ugc_labels"),
}


def _parents(node: Any) -> list[str]:
    return list(node.depends_on.nodes)


def test_the_marts_marketers_and_models_read_are_all_there(models: dict[str, Any]) -> None:
    assert {name for name, node in models.items() if node.schema == "marts"} >= MARTS_OF_THE_CONTRACT


def test_schemas_are_the_layers(models: dict[str, Any]) -> None:
    assert {node.schema for node in models.values()} == set(LAYERS)


def test_only_staging_reads_sources(models: dict[str, Any]) -> None:
    readers = {node.schema for node in models.values() if any(one.startswith("source.") for one in _parents(node))}
    assert readers == {"staging"}


def test_only_staging_sees_rows_that_their_source_removed() -> None:
    folder = PROJECT / "dbt_project"
    files = [
        path for part in ("models", "tests") for path in (folder / part).rglob("*.sql") if path.parent.name != "staging"
    ]
    of_streams = "|".join(STREAMS)
    direct = [
        path.name
        for path in files
        if re.search(rf"(?<!depends_on: ){{{{ ref\('stg_({of_streams})'\)", path.read_text(encoding="utf-8"))
    ]
    assert direct == [], "read staging by {{ present('stg_…') }}"


def test_no_model_reads_a_later_layer(models: dict[str, Any]) -> None:
    order = {f"model.nanolift.{name}": LAYERS.index(node.schema) for name, node in models.items()}
    back = [
        (name, parent)
        for name, node in models.items()
        for parent in _parents(node)
        if order.get(parent, -1) > LAYERS.index(node.schema)
    ]
    assert back == []


def test_staging_holds_every_column_of_its_stream_but_texts(models: dict[str, Any]) -> None:
    for name, stream in STREAMS.items():
        texts = set(stream.text_columns())
        owed = {column for column in stream.landed_schema() if column not in texts and column != "row_hash"}
        described = set(models[f"stg_{name}"].columns)
        assert owed <= described, name
        assert not texts & described, name


def test_every_model_tells_its_grain_and_tests_its_key(project: Project, models: dict[str, Any]) -> None:
    assert project.manifest is not None
    keyed = {
        parent
        for node in project.manifest.nodes.values()
        if node.name.startswith("key_is_unique_and_filled")
        for parent in _parents(node)
    }
    for name, node in models.items():
        assert node.description.startswith("One row per "), name
        assert node.unique_id in keyed, name


def test_every_mart_has_an_enforced_contract_and_described_columns(models: dict[str, Any]) -> None:
    for name, node in models.items():
        assert node.columns, name
        assert all(len(column.description) > 4 for column in node.columns.values()), name
        if node.schema == "marts":
            assert node.config.contract.enforced, name
            assert all(column.data_type for column in node.columns.values()), name


def test_money_and_counts_name_their_unit(models: dict[str, Any]) -> None:
    units = {"_minor": "minor units", "_count": "count", "_at": "utc", "_share": "0 to 1"}
    silent = [
        (name, column.name)
        for name, node in models.items()
        if node.schema == "marts"
        for column in node.columns.values()
        for suffix, unit in units.items()
        if column.name.endswith(suffix) and not column.name.startswith("is_") and unit not in column.description.lower()
    ]
    assert silent == []


def test_every_mart_has_a_unit_test(project: Project, models: dict[str, Any]) -> None:
    assert project.manifest is not None
    tested = {test.model for test in project.manifest.unit_tests.values()}
    assert {name for name, node in models.items() if node.schema == "marts"} <= tested


def test_dagster_finds_its_target_and_every_source_its_asset(project: Project) -> None:
    settings = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    assert "target-path" not in settings
    assert project.manifest is not None
    keys = {source.name: source.meta.get("dagster") for source in project.manifest.sources.values()}
    landed = {name: {"asset_key": ["landing", name]} for name in STREAMS}
    assert keys == landed | {name: {"asset_key": list(key.path)} for name, key in SIGNALS.items()}
