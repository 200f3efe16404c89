"""nanolift train-text: from a labels file to the model the next run reads with."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from ml.text.weights import load
from orchestration.cli import cli
from orchestration.connectors.signals import signals_version
from orchestration.errors import ConfigurationError, IntegrityError
from orchestration.text_models import text_models
from orchestration.text_training import read_labels
from orchestration.workspace import Workspace

WORDS = {
    "negative": "die flasche war undicht und der geruch ist furchtbar",
    "neutral": "die flasche hat einen halben liter und einen deckel",
    "positive": "die flasche ist wunderbar und meine haut ist begeistert",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = Workspace.at(tmp_path / "brand")
    found.root.mkdir()
    found.configuration.write_text("", encoding="utf-8")
    return found


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    rows = [
        {"text": f"{words} nummer {n} {chr(97 + n % 26) * 3}", "sentiment": name.upper() if n % 7 == 0 else name}
        for n in range(60)
        for name, words in WORDS.items()
    ]
    path = tmp_path / "labels.csv"
    pl.DataFrame(rows).write_csv(path)
    return path


def trained(workspace: Workspace, labels: Path, language: str = "de") -> str:
    done = CliRunner().invoke(
        cli, ["train-text", str(labels), "--workspace", str(workspace.root), "--language", language]
    )
    assert done.exit_code == 0, done.output + str(done.exception)
    return done.output


def test_own_labels_become_the_model_of_the_language(workspace: Workspace, labels: Path) -> None:
    before = signals_version(text_models(workspace))
    said = trained(workspace, labels)
    models = text_models(workspace)
    assert "no model before" in said and "kept" in said
    assert set(models) == {"de", "en"}
    assert models["en"].model_id == load("en").model_id
    assert signals_version(models) != before  # so the next run reads every text again


def test_a_model_whose_bytes_changed_is_refused_by_the_next_run(workspace: Workspace, labels: Path) -> None:
    trained(workspace, labels)
    file = workspace.text_models / "de" / "de.npz"
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(IntegrityError, match="not what its card says"):
        text_models(workspace)


def test_training_again_replaces_the_model_whole(workspace: Workspace, labels: Path) -> None:
    trained(workspace, labels)
    trained(workspace, labels)
    assert sorted(path.name for path in workspace.text_models.iterdir()) == ["de"]


def test_a_labels_file_is_read_as_its_page_says(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text('text,moments,comment\nlate again,"wait; Staff",x\nfine,none,y\nunlabelled,,z\n', encoding="utf-8")
    read = read_labels(path)
    assert read["moments"].to_list() == [["wait", "staff"], [], None]
    assert read["sentiment"].null_count() == 3


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("body,sentiment\na,positive\n", "needs text"), ("text,sentiment\na,glad\n", "glad"), ("", "cannot be read")],
)
def test_a_labels_file_that_teaches_nothing_is_refused(
    workspace: Workspace, tmp_path: Path, content: str, complaint: str
) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(content, encoding="utf-8")
    done = CliRunner().invoke(cli, ["train-text", str(path), "--workspace", str(workspace.root)])
    assert isinstance(done.exception, ConfigurationError)
    assert complaint in str(done.exception)
    assert not workspace.text_models.exists()
