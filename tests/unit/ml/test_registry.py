"""Model folders: what was written is read, what was damaged is refused before LightGBM sees it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ml.errors import ModelFileError
from ml.registry import read_model, write_model
from ml.uplift.t_learner import FittedT, TLearner
from tests.unit.ml.worlds import effect_world


@pytest.fixture(scope="module")
def model() -> FittedT:
    X, y, treatment, _ = effect_world(500, 1)
    return TLearner().fit(X, y, treatment)


def test_a_model_read_again_predicts_the_same(model: FittedT, tmp_path: Path) -> None:
    X, *_ = effect_world(100, 2)
    model_id = write_model(tmp_path / "m", model.boosters, {"kind": model.kind, "seed": 1})
    stored = read_model(tmp_path / "m")
    assert stored.model_id == model_id
    assert stored.card == {"kind": "t_learner", "seed": 1}
    assert np.array_equal(FittedT(stored.boosters, {}, True).predict(X), model.predict(X))


def test_the_same_model_gets_the_same_id_and_another_card_another(model: FittedT, tmp_path: Path) -> None:
    ids = [
        write_model(tmp_path / name, model.boosters, {"seed": seed}) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("name", ["model.treated.txt", "card.json"])
def test_one_changed_byte_is_an_error_that_names_the_file(model: FittedT, tmp_path: Path, name: str) -> None:
    write_model(tmp_path / "m", model.boosters, {"seed": 1})
    path = tmp_path / "m" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=f"{name} is damaged"):
        read_model(tmp_path / "m")


def test_a_missing_or_foreign_file_is_an_error(model: FittedT, tmp_path: Path) -> None:
    write_model(tmp_path / "m", model.boosters, {"seed": 1})
    (tmp_path / "m" / "model.extra.txt").write_text("tree", encoding="utf-8")
    with pytest.raises(ModelFileError, match="lists"):
        read_model(tmp_path / "m")
    with pytest.raises(ModelFileError, match="no model folder"):
        read_model(tmp_path)


def test_a_written_model_is_never_overwritten(model: FittedT, tmp_path: Path) -> None:
    write_model(tmp_path / "m", model.boosters, {"seed": 1})
    with pytest.raises(ModelFileError, match="never changed"):
        write_model(tmp_path / "m", model.boosters, {"seed": 2})
