"""LightGBM traps that cost others their results."""

from __future__ import annotations

import numpy as np
import pytest

from ml.trees import Binned, TreeSettings, raw_score

SETTINGS = TreeSettings(leaves=4, rate=0.3, rounds=20, min_rows=1, l2=0.0, feature_share=1.0, row_share=1.0)


def test_a_model_on_some_rows_learns_their_labels() -> None:
    X = np.arange(200, dtype=np.float64).reshape(-1, 1)
    y = np.where(X[:, 0] >= 100, 5.0, 1.0)
    booster = Binned(X).train(y, objective="regression", settings=SETTINGS, rows=np.arange(50, 150))
    assert raw_score(booster, X)[[0, 199]] == pytest.approx([1.0, 5.0], abs=0.1)


def test_weights_of_one_model_do_not_reach_the_next() -> None:
    X = np.zeros((100, 1))
    y = np.repeat([0.0, 1.0], 50)
    binned = Binned(X)
    weighted = binned.train(y, objective="regression", settings=SETTINGS, weight=np.repeat([1.0, 3.0], 50))
    plain = binned.train(y, objective="regression", settings=SETTINGS)
    assert raw_score(weighted, X)[0] == pytest.approx(0.75)
    assert raw_score(plain, X)[0] == pytest.approx(0.5)


def test_an_offset_is_where_a_model_starts_and_is_not_part_of_its_score() -> None:
    X = np.array([[0.0]] * 100 + [[1.0]] * 100)
    y = np.r_[np.full(100, 7.0), np.full(100, 7.0)]
    booster = Binned(X).train(y, objective="regression", settings=SETTINGS, init_score=np.full(200, 7.0))
    assert raw_score(booster, X) == pytest.approx(np.zeros(200))


def test_a_part_that_is_fuller_than_the_whole_table_can_be_learned_from() -> None:
    # A tenth of the people do everything, the others nothing: with sparse bins this ended the process.
    rng = np.random.default_rng(0)
    X = np.where(rng.random((40_000, 30)) < 0.9, 0.0, rng.normal(size=(40_000, 30)))
    X[:4_000] = rng.normal(size=(4_000, 30))
    settings = TreeSettings(leaves=4, rate=0.1, rounds=40, min_rows=30)
    booster = Binned(X).train(X[:, 0], objective="regression", settings=settings, rows=np.arange(4_000))
    assert np.corrcoef(raw_score(booster, X[:4_000]), X[:4_000, 0])[0, 1] > 0.9


def test_codes_named_as_a_category_are_split_as_sets_not_as_an_order() -> None:
    codes = np.tile(np.arange(8.0), 100)[:, None]
    y = np.isin(codes[:, 0], (0, 3, 5)).astype(float)
    stump = TreeSettings(leaves=2, rate=1.0, rounds=1, min_rows=1, l2=0.0, feature_share=1.0, row_share=1.0)
    as_order, as_set = (
        raw_score(Binned(codes, categorical=chosen).train(y, objective="regression", settings=stump), codes)
        for chosen in ((), (0,))
    )
    assert np.abs(as_set - y).max() < 0.05
    assert np.abs(as_order - y).max() > 0.3
