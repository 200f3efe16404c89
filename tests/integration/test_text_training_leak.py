"""No evaluation text stands, as it is or nearly, among the texts the shipped weights were trained on."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from ml.text.corpora import Folder
from ml.text.leak import leaking, normalised
from ml.text.train_sets import moment_rows, sentiment_sets, unseen_texts

DATA = Path(os.environ.get("NANOLIFT_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.mark.skipif(not DATA.is_dir() and os.environ.get("CI") != "true", reason=f"no data in {DATA}")
def test_no_evaluation_text_is_trained_on() -> None:
    sets = sentiment_sets(Folder(DATA / "text"))
    rows = moment_rows(Folder(DATA / "text"))
    trained = pl.concat([one.train["text"] for one in (*sets.values(), *rows.values())]).unique()
    airline = pl.read_csv(DATA / "social" / "airline_tweets.csv.gz")["text"]
    clothing = pl.read_csv(DATA / "reviews" / "clothing_reviews.csv.gz")["Review Text"].drop_nulls()
    without_handles = airline.str.replace_all(r"@\w+", "")
    tests = pl.concat([airline, without_handles, clothing, unseen_texts(Folder(DATA / "text"))])
    leaks = trained.filter(pl.Series(leaking(trained, tests)))
    assert leaks.to_list() == [], f"add the hashes of {normalised(leaks).to_list()} to excluded.txt"
