"""The dbt command as a Dagster resource that asks nobody for its version.

Belongs here: that one difference. Does not: what is called with it (dbt.py, assets/warehouse.py).
"""

from __future__ import annotations

import importlib.metadata

from dagster_dbt import DbtCliResource
from packaging import version


class InstalledDbt(DbtCliResource):
    """Knows its version from the installation: `dbt --version`, which Dagster calls in every run, asks the network."""

    @property
    def _cli_version(self) -> version.Version:
        return version.parse(importlib.metadata.version("dbt-core"))
