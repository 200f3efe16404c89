"""Valence features follow VADER's rules: worked by hand, and beside the package."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from ml.text.tokens import tokenise
from ml.text.valence import valence_features
from ml.text.weights import load

LEXICON = {"good": 1.9, "bad": -2.5, "smart": 1.7, ":)": 2.0}


def compound(text: str) -> float:
    return float(valence_features(tokenise(pl.Series([text])), LEXICON)[0, 3])


def normed(total: float) -> float:
    return total / math.sqrt(total * total + 15)


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("a good day", 1.9),
        ("a very good day", 1.9 + 0.293),
        ("very much good", 1.9 + 0.293 * 0.95),
        ("not good", 1.9 * -0.74),
        ("never so good", 1.9 * 1.25 + 0.293 * 1.25),
        ("good!!", 1.9 + 2 * 0.292),
        ("a GOOD day", 1.9 + 0.733),
        ("A GOOD DAY", 1.9),
        ("bad but good", -2.5 * 0.5 + 1.9 * 1.5),
        ("the room :)", 2.0),
        ("nothing to say", 0.0),
        ("", 0.0),
    ],
)
def test_compound_is_what_the_rules_say(text: str, total: float) -> None:
    assert compound(text) == pytest.approx(normed(total), abs=1e-9)


def test_shares_sum_to_one_where_there_are_words() -> None:
    features = valence_features(tokenise(pl.Series(["good and bad", "", None, "plain words"])), LEXICON)
    assert features[:, :3].sum(axis=1) == pytest.approx([1, 0, 0, 1])


def test_a_text_is_not_touched_by_its_neighbours() -> None:
    alone = valence_features(tokenise(pl.Series(["good"])), LEXICON)
    after = valence_features(tokenise(pl.Series(["not", "good", "but"])), LEXICON)
    assert after[1] == pytest.approx(alone[0])


def test_features_agree_with_the_package_on_its_own_examples() -> None:
    package = pytest.importorskip("vaderSentiment.vaderSentiment")
    analyzer = package.SentimentIntensityAnalyzer()
    texts = [
        "VADER is smart, handsome, and funny.",
        "VADER is very smart, handsome, and funny.",
        "VADER is VERY SMART, handsome, and FUNNY!!!",
        "VADER is not smart, handsome, nor funny.",
        "At least it isn't a horrible book.",
        "The plot was good, but the characters are uncompelling and the dialog is not great.",
        "Today SUX!",
        "Not bad at all",
    ]
    mine = valence_features(tokenise(pl.Series(texts)), load().lexicon)[:, 3]
    theirs = np.array([analyzer.polarity_scores(text)["compound"] for text in texts])
    assert np.abs(mine - theirs).max() < 1e-3
