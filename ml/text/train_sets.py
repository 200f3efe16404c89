"""The rows that training sees: labels of each set, test parts kept apart, leaking texts taken out.

Belongs here: which rows. Does not: reading files (corpora.py), fitting (train.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ml.text.corpora import DELIGHT, VADER_SETS, Folder, goemotions, held_out, mams, vader_truth
from ml.text.features import text_features
from ml.text.leak import leaking, normalised
from ml.text.moments import rule_confidence
from ml.text.rules import MOMENTS
from ml.text.scrub import scrub
from ml.text.tokens import stable_hash, tokenise
from ml.text.weights import SHIPPED

HELD_OUT_SEED = 20240607  # of the fifth of VADER's Amazon snippets that no training sees
DISAPPOINTMENT = frozenset("disappointment annoyance anger disgust".split())
MAMS_MOMENTS = {"staff": ("staff", "service"), "price": ("price",), "place": ("place", "ambience")}
ELSEWHERE_TEXTS = 6000  # twice as many as MAMS has sentences
# Hashes of training texts (normalised) that stand in an evaluation set by chance ("Thanks for the information!"). The
# evaluation sets are not read here; tests/integration/test_text_training_leak.py finds what belongs on the list.
EXCLUDED = SHIPPED / "excluded.txt"


@dataclass(frozen=True)
class Labelled:
    """Texts of one set with their classes, and the parts kept for validation and test."""

    train: pl.DataFrame
    validation: pl.DataFrame
    test: pl.DataFrame


def unseen_texts(folder: Folder) -> pl.Series:
    """Every validation and test text of every set, whatever it is labelled with."""
    amazon = vader_truth(folder, "amazon")
    parts = [goemotions(folder, part)["text"] for part in ("dev", "test")]
    parts += [mams(folder, part)["text"] for part in ("val", "test")]
    return pl.concat([*parts, amazon.filter(held_out(amazon["group"], HELD_OUT_SEED))["text"]])


def sentiment_sets(folder: Folder) -> dict[str, Labelled]:
    """The sets sentiment is trained on: text, sentiment. Texts that leak into a test part are taken out."""
    amazon = vader_truth(folder, "amazon")
    kept = held_out(amazon["group"], HELD_OUT_SEED)
    empty = amazon.clear().select("text", "sentiment")
    parts = {
        "goemotions": [goemotions(folder, part).drop_nulls("sentiment") for part in ("train", "dev", "test")],
        "mams": [mams(folder, part) for part in ("train", "val", "test")],
        "vader_amazon": [amazon.filter(~kept), empty, amazon.filter(kept)],
        **{f"vader_{name}": [vader_truth(folder, name), empty, empty] for name in VADER_SETS if name != "amazon"},
    }
    cut = {name: [part.select("text", "sentiment") for part in three] for name, three in parts.items()}
    tests = unseen_texts(folder)
    return {name: Labelled(_clean(three[0], tests), three[1], three[2]) for name, three in cut.items()}


def _clean(rows: pl.DataFrame, tests: pl.Series) -> pl.DataFrame:
    """Rows whose text stands in no test part and on no list of excluded texts."""
    excluded = {int(line, 16) for line in EXCLUDED.read_text().split()}
    hashes = [stable_hash(text) for text in normalised(rows["text"])]
    listed = np.array([one in excluded for one in hashes], dtype=np.bool_)
    return rows.filter(~pl.Series(leaking(rows["text"], tests) | listed))


def moment_rows(folder: Folder) -> dict[str, Labelled]:
    """Yes/no labels of the moments that a licence-clean set speaks of: text, label."""
    tests = unseen_texts(folder)
    emotions = [goemotions(folder, part) for part in ("train", "dev", "test")]
    aspects = [mams(folder, part) for part in ("train", "val", "test")]
    emotions[0], aspects[0] = _clean(emotions[0], tests), _clean(aspects[0], tests)

    def by(part: pl.DataFrame, column: str, wanted: frozenset[str]) -> pl.DataFrame:
        hit = pl.col(column).list.eval(pl.element().str.split(":").list.first().is_in(sorted(wanted))).list.any()
        return part.select("text", pl.when(hit).then(pl.lit("yes")).otherwise(pl.lit("no")).alias("label"))

    tasks = {"delight": (emotions, "emotions", DELIGHT), "disappointment": (emotions, "emotions", DISAPPOINTMENT)}
    tasks |= {name: (aspects, "aspects", frozenset(wanted)) for name, wanted in MAMS_MOMENTS.items()}
    rows = {}
    for name, (parts, column, wanted) in tasks.items():
        train, validation, test = (by(part, column, wanted) for part in parts)
        if name in MAMS_MOMENTS:
            train = pl.concat([train, _elsewhere(emotions[0], name)])
            validation = pl.concat([validation, _elsewhere(emotions[1], name)])
        rows[name] = Labelled(train, validation, test)
    return rows


def _elsewhere(comments: pl.DataFrame, moment: str) -> pl.DataFrame:
    """Comments without any cue of the moment, as "no": a head that saw restaurants only tells it of everything else."""
    lexicon: dict[str, float] = {}
    silent = rule_confidence(text_features(tokenise(scrub(comments["text"])), lexicon))[:, MOMENTS.index(moment)] == 0
    some = comments.filter(pl.Series(silent)).select("text", pl.lit("no").alias("label"))
    return some.sample(n=min(some.height, ELSEWHERE_TEXTS), seed=HELD_OUT_SEED)
