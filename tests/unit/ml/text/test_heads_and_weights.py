"""A head learns what its labels say, is the same after saving, and damaged files are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ml.errors import ModelFileError, TooFewRowsError
from ml.text.features import text_features
from ml.text.tokens import tokenise
from ml.text.train import own_head, predicted
from ml.text.weights import SHIPPED, load, read, save

TEXTS = pl.Series([f"the bag was lost x{n}" for n in range(30)] + [f"the crew was rude x{n}" for n in range(30)])
LABELS = ["fulfilment"] * 30 + ["staff"] * 30


def test_own_labels_are_learned() -> None:
    head = own_head(TEXTS, LABELS, load())
    told = predicted(head, pl.Series(["the bag was lost again", "the crew was rude again"]), load().lexicon)
    assert told == ["fulfilment", "staff"]


def test_too_few_labels_are_refused_with_their_counts() -> None:
    with pytest.raises(TooFewRowsError, match="'staff': 5"):
        own_head(TEXTS.head(35), LABELS[:35], load())


def test_a_saved_model_scores_the_same_and_saves_the_same_bytes(tmp_path: Path) -> None:
    model = load()
    saved = save(tmp_path / "a", model)
    again = read("en", tmp_path / "a")
    features = text_features(tokenise(TEXTS), model.lexicon)
    assert np.array_equal(again.sentiment.probabilities(features), model.sentiment.probabilities(features))
    assert saved.card["sha256"] == model.card["sha256"]


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    save(tmp_path, load())
    file = tmp_path / "en.npz"
    data = bytearray(file.read_bytes())
    data[1000] ^= 1
    file.write_bytes(data)
    with pytest.raises(ModelFileError, match="sha256"):
        read("en", tmp_path)


def test_a_missing_model_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="train"):
        read("xx", tmp_path)


def test_shipped_weights_are_small_and_name_their_licences() -> None:
    card = load().card
    assert (SHIPPED / "en.npz").stat().st_size == card["bytes"] <= 5_000_000
    assert set(card["licences"]) == {"goemotions", "mams", "vader"}
    assert set(card["training_texts"]) >= {"goemotions", "mams", "vader_amazon"}
