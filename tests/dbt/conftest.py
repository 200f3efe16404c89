"""One parsed dbt project for all tests of this folder: parsing costs more than a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dbt.contracts.graph.nodes import ModelNode

from tests.dbt.landed import WAREHOUSE, LandedRoot, Project, day


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The project over one landed root, whose loads each test writes itself."""
    scratch = tmp_path_factory.mktemp("dbt")
    patch = pytest.MonkeyPatch()
    patch.setenv("NANOLIFT_WAREHOUSE", "set by each run")
    project = Project(LandedRoot(scratch / "landed"), scratch)
    project.landed.clear()
    parsed = project.invoke("parse", scratch / WAREHOUSE, day("2024-01-01"))
    assert parsed.success, parsed.exception
    project.manifest = parsed.result  # type: ignore[assignment]
    yield project
    patch.undo()


@pytest.fixture(scope="session")
def models(project: Project) -> dict[str, Any]:
    """Model nodes of the manifest by name."""
    assert project.manifest is not None
    return {node.name: node for node in project.manifest.nodes.values() if isinstance(node, ModelNode)}


@pytest.fixture
def landed(project: Project) -> LandedRoot:
    """An empty landed root: every stream typed, none with rows."""
    project.landed.clear()
    return project.landed


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Where this test's warehouse file goes."""
    return tmp_path / WAREHOUSE
