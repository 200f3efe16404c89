"""A brand's own labels: what they teach, how it is judged, and that nothing worse replaces what is in use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ml.errors import InputError, TooFewRowsError
from ml.text.signals import read_texts, texts_frame
from ml.text.train_own import train_own
from ml.text.weights import load, read, save

FRENCH = {
    "negative": "quelle horreur cette crème colle et sent très mauvais, je regrette mon achat",
    "neutral": "le flacon contient deux cents millilitres et le bouchon est de couleur bleue",
    "positive": "un vrai bonheur, ma peau est douce, je recommande ce produit à toutes mes amies",
}
FILLERS = "lundi mardi mercredi jeudi vendredi samedi dimanche matin midi soir janvier février mars avril mai".split()


def labels(n: int = 240, noise: float = 0.0, moments: bool = True, seed: int = 1) -> pl.DataFrame:
    """French texts of three kinds, some with words swapped in; `noise`: share of labels drawn at random."""
    random = np.random.default_rng(seed)
    names = list(FRENCH)
    rows = []
    for number in range(n):
        name = names[number % 3]
        words = FRENCH[name].split()
        kept = [word for word in words if random.random() > 0.3] + list(random.choice(FILLERS, 3)) + [f"no{number}"]
        said = str(random.choice(names)) if random.random() < noise else name
        rows.append((" ".join(kept), said, (["disappointment"] if name == "negative" else []) if moments else None))
    schema = {"text": pl.String, "sentiment": pl.String, "moments": pl.List(pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_a_language_without_a_model_is_learned_and_read(tmp_path: Path) -> None:
    own = train_own(labels(), "fr", None)
    assert {one.what: one.is_kept for one in own.judged} == {"sentiment": True, "disappointment": True}
    assert all(one.own is not None and one.own > 0.9 and one.before is None for one in own.judged)

    save(tmp_path, own.model)
    texts = texts_frame(
        ["Quelle horreur, cette crème sent vraiment très mauvais et je la regrette", "lovely day today"]
    )
    told = read_texts(texts, {"fr": read("fr", tmp_path)})
    assert told["language"].to_list()[0] == "fr"
    assert told["sentiment_negative"][0] > 0.5
    assert [one["moment"] for one in told["moments"][0]] == ["disappointment"]
    assert told["sentiment_negative"][1] is None


def test_labels_worse_than_the_model_in_use_are_not_kept(tmp_path: Path) -> None:
    base = save(tmp_path, train_own(labels(moments=False), "fr", None).model)
    own = train_own(labels(noise=1.0, moments=False, seed=2), "fr", base)
    judged = own.judged[0]
    assert judged.own is not None and judged.before is not None
    assert judged.is_kept == (judged.own >= judged.before)
    clean = train_own(labels(moments=False, seed=3), "fr", base)
    assert clean.judged[0].before > 0.9  # the base knows such texts; a head that is no better by chance is no loss


def test_moments_alone_leave_the_sentiment_in_use_and_the_other_moments(tmp_path: Path) -> None:
    base = load("en")
    rng = np.random.default_rng(3)
    rows = [
        (f"the {rng.choice(FILLERS)} zipper jams again, part {n}", None, ["product_fault"])
        if n % 2
        else (f"nice colour of the {rng.choice(FILLERS)} shirt, part {n}", None, [])
        for n in range(200)
    ]
    schema = {"text": pl.String, "sentiment": pl.String, "moments": pl.List(pl.String)}
    own = train_own(pl.DataFrame(rows, schema=schema, orient="row"), "en", base)
    assert own.model.sentiment is base.sentiment
    assert own.model.moments is not None and base.moments is not None
    assert set(own.model.moments.classes) == {*base.moments.classes, "product_fault"}
    before = read_texts(texts_frame(["the zipper jams again"]))
    model = save(tmp_path, own.model)
    after = read_texts(texts_frame(["the zipper jams again and again"]), {"en": model})
    assert "product_fault" not in [one["moment"] for one in before["moments"][0] or [] if not one["is_unsure"]]
    assert "product_fault" in [one["moment"] for one in after["moments"][0] if not one["is_unsure"]]


def test_copies_of_a_text_cannot_stand_on_both_sides_of_the_judgement() -> None:
    twice = pl.concat([labels(), labels().with_columns(pl.col("text").str.to_uppercase() + "!")])
    assert train_own(twice, "fr", None).model.card["texts"] == 240


def test_too_few_labels_say_how_many_are_needed() -> None:
    with pytest.raises(TooFewRowsError, match="20 texts of each"):
        train_own(labels(60), "fr", None)
    judged = train_own(labels(60), "en", load("en")).judged
    assert not any(one.is_kept for one in judged)
    assert "20" in judged[0].note


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sentiment": pl.lit("great")}, "great"),
        ({"moments": pl.lit(["queue"])}, "queue"),
        ({"sentiment": pl.lit(None, pl.String), "moments": pl.lit(None, pl.List(pl.String))}, "nothing to learn"),
    ],
)
def test_labels_that_are_no_words_of_ours_are_refused(change: dict[str, pl.Expr], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        train_own(labels().with_columns(**change), "fr", None)


def test_the_same_labels_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save(tmp_path / name, train_own(labels(), "fr", None).model)
    assert (tmp_path / "a" / "fr.npz").read_bytes() == (tmp_path / "b" / "fr.npz").read_bytes()
