"""What makes the warehouse is in its fingerprint, and what does not is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration import fingerprint
from orchestration.settings import Settings


def settings(**changes: object) -> Settings:
    brand = {"name": "Lumen", "timezone": "Europe/Paris", "currency": "EUR"} | changes
    return Settings.model_validate({"brand": brand, "sources": [{"name": "demo", "kind": "demo"}]})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "dbt_project.yml",
        "dbt_project/models/a.sql",
        "orchestration/connectors/mapping.py",
        "ml/uplift/x.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("dbt_project/models/a.sql", True),
        ("orchestration/connectors/mapping.py", True),
        ("dbt_project/seeds/new.csv", True),
        ("ml/uplift/x.py", False),
    ],
)
def test_a_changed_file_asks_for_a_fresh_warehouse_where_it_decides_its_content(
    project: Path, file: str, changes: bool
) -> None:
    before = fingerprint.warehouse_fingerprint(settings()), fingerprint.code_fingerprint()
    (project / file).parent.mkdir(exist_ok=True)
    (project / file).write_text("two")
    after = fingerprint.warehouse_fingerprint(settings()), fingerprint.code_fingerprint()
    assert (before[0] != after[0]) is changes
    assert before[1] != after[1]


def test_a_moved_file_is_a_change(project: Path) -> None:
    before = fingerprint.fingerprint_of_dbt()
    (project / "dbt_project/models/a.sql").rename(project / "dbt_project/models/b.sql")
    assert fingerprint.fingerprint_of_dbt() != before


def test_the_brands_zone_is_part_of_it_and_its_name_is_not(project: Path) -> None:
    here = fingerprint.warehouse_fingerprint(settings())
    assert fingerprint.warehouse_fingerprint(settings(timezone="UTC")) != here
    assert fingerprint.warehouse_fingerprint(settings(name="Other")) == here
