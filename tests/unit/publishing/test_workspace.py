"""Where a workspace may lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.errors import ConfigurationError
from orchestration.text_training import TrainingRequest, train_text
from orchestration.workspace import Workspace


@pytest.mark.parametrize(
    "name", ["brand *", "brand?", "brand [a]", "{brand}", "brand #1", "a\\b", "a\nb", "a\x00b", "**"]
)
def test_a_folder_that_a_database_would_read_as_another_is_no_workspace(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="rename the folder"):
        Workspace.at(tmp_path / name)


def test_the_folder_above_counts_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"'\*'"):
        Workspace.at(tmp_path / "all * brands" / "one")


@pytest.mark.parametrize("name", ["L'Oréal", 'a "b"', "a; drop table x --", "a=b", "50 % off", "été (2)", "a,b|c$d"])
def test_any_other_name_is_one(tmp_path: Path, name: str) -> None:
    assert Workspace.at(tmp_path / name).root.name == name


@pytest.mark.parametrize("language", ["../../outside", "/tmp/x", "", "..", "en/../..", "EN"])
def test_the_language_of_a_text_model_is_no_path(tmp_path: Path, language: str) -> None:
    (tmp_path / "nanolift.toml").write_text("", encoding="utf-8")
    labels = tmp_path / "labels.csv"
    labels.write_text("text\nx\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="is no language"):
        train_text(TrainingRequest(tmp_path, labels, language))
