"""What holds for every preset: it loads, it has a page, and the page says what is needed and how it was tested."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors.metrics import METRICS, registry
from orchestration.connectors.presets import preset_names
from orchestration.connectors.rest_spec import RestResource
from orchestration.settings import Source

PAGES = Path(__file__).resolve().parents[3] / "docs" / "connectors"
SERVICE = {"base_url": "https://service.example"}


def load(name: str) -> Source:
    return Source.model_validate({"name": "brand", "preset": name, "rest": SERVICE})


def resources(resource: RestResource) -> list[RestResource]:
    inner = resource.for_each.source if resource.for_each is not None else None
    return [resource, *([] if inner is None else resources(inner))]


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_loads_and_its_page_names_every_variable_and_how_it_was_tested(name: str) -> None:
    source = load(name)
    assert source.rest is not None and source.streams
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    auth: dict[str, Any] = source.rest.auth.model_dump()
    variables = {value for key, value in auth.items() if key.endswith("_env") and value is not None}
    assert all(variable in page for variable in variables)
    assert f'preset = "{name}"' in page
    assert "fixtures only" in page or "live" in page.lower()


@pytest.mark.parametrize("name", preset_names())
def test_every_list_of_a_preset_says_what_its_records_must_have(name: str) -> None:
    """Else an answer that lacks it would read as rows of nothing."""
    for stream in load(name).streams:
        assert stream.rest is not None
        for resource in resources(stream.rest):
            assert resource.key or resource.expect, resource.path


@pytest.mark.parametrize("name", preset_names())
def test_figures_are_snapshots_of_a_day_and_their_metrics_are_registered(name: str) -> None:
    registered = {(one.platform, one.stream, one.column) for one in registry()[0]}
    for stream in load(name).streams:
        if stream.stream not in ("social_profiles", "social_post_metrics"):
            continue
        platform = stream.columns["platform"].constant
        assert stream.columns["observed_at"].source_columns == ("nanolift.observed_at",)
        mapped = set(METRICS[stream.stream]) & set(stream.columns)
        assert mapped and all((platform, stream.stream, column) in registered for column in mapped)


def test_an_unknown_preset_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no preset 'squar'; there are \['bazaarvoice', "):
        load("squar")
