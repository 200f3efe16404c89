"""The real workspaces' configurations are right, and the smaller files of Complete Journey land as the issue says."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from pydantic import SecretStr

from orchestration.connectors.landing import land_source
from orchestration.connectors.loads import read_loads
from orchestration.settings import load_settings
from orchestration.workspace import Workspace


@pytest.mark.parametrize(("example", "as_of"), [("journey", "2017-12-31"), ("voices", "2024-12-31")])
def test_a_real_workspace_declares_its_basis_and_its_day(repository: Path, example: str, as_of: str) -> None:
    settings = load_settings(repository / "examples" / example / "nanolift.toml")
    assert settings.example == example
    assert str(settings.brand.as_of) == as_of
    assert {source.basis for source in settings.sources} == {"research_dataset"}


def test_the_campaigns_of_complete_journey_land_whole(repository: Path, tmp_path: Path, key: SecretStr) -> None:
    settings = load_settings(repository / "examples" / "journey" / "nanolift.toml")
    (campaigns,) = [source for source in settings.sources if source.name == "campaigns"]
    small = [mapping for mapping in campaigns.streams if mapping.stream != "campaign_products"]
    workspace = Workspace.at(tmp_path)
    land_source(
        campaigns,
        small,
        workspace,
        key=key,
        loaded_at=datetime(2026, 1, 1),
        real_data=tmp_path,
        brand_timezone=settings.brand.timezone,
    )
    loads = {load.stream: load for load in read_loads(workspace.landing)}
    accepted = {stream: load.rows_accepted for stream, load in loads.items()}
    assert accepted == {"campaigns": 27, "campaign_members": 6589, "campaign_events": 2102}
    events = pl.read_parquet(loads["campaign_events"].data)
    assert events.get_column("happened_at").max() == datetime(2017, 12, 31, 5)
    assert set(events.get_column("kind")) == {"code_redeemed"}
