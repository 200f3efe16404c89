"""Learning from a brand's own labels: what its people say in its own words, for any language.

Belongs here: splitting the labels, fitting, judging against the model in use, keeping only what is no worse. Does not:
reading the labels file or placing the weights (orchestration/text_training.py), the shipped weights (train.py).

Three fifths of the texts teach, a fifth chooses the thresholds of moments, the last fifth judges: the new head against
the one in use, on the same texts. A head that is worse on them is dropped, and the one in use stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from ml.errors import InputError, TooFewRowsError
from ml.text.corpora import CLASSES
from ml.text.features import TextFeatures, text_features
from ml.text.heads import LEAST_PER_CLASS, LinearHead, fit_head, joined, stacked
from ml.text.judge import best_threshold, f1, macro_f1
from ml.text.leak import normalised
from ml.text.moments import moment_confidence, reads_moments
from ml.text.rules import MOMENTS
from ml.text.scrub import scrub
from ml.text.tokens import tokenise
from ml.text.train import OWN_STRENGTH, matrix_of
from ml.text.weights import TextModel

FloatArray = npt.NDArray[np.float64]
SPLIT_SEED = 20240607
# Fewer labelled texts in the judging part than this tell no difference between two heads.
LEAST_JUDGED = 20


@dataclass(frozen=True)
class Judged:
    """How one head did on the fifth that nothing was learned from.

    Attributes:
        what: sentiment, or the moment.
        texts: texts judged.
        own: F1 of the new head (macro over the classes for sentiment); before: of the model in use, NULL: none.
        is_kept: the new head is not worse.
        note: why nothing was learned, where nothing was.
    """

    what: str
    texts: int
    own: float | None
    before: float | None
    is_kept: bool
    note: str = ""


@dataclass(frozen=True)
class OwnModel:
    """The model to use from now on, and how each head was judged."""

    model: TextModel
    judged: tuple[Judged, ...]


def train_own(labels: pl.DataFrame, language: str, base: TextModel | None) -> OwnModel:
    """Learn from labelled texts of one language.

    Args:
        labels: text; sentiment (negative, neutral, positive; NULL: not labelled); moments (list of names, empty: none
            of them; NULL: not labelled).
        language: ISO 639 code of the texts.
        base: the model in use for the language; None: there is none, and sentiment must be learned.

    Raises:
        InputError: a label that is no word of nanolift, or no text is labelled.
        TooFewRowsError: too few texts of a class where nothing is in use yet.
    """
    _check(labels)
    plain = labels.with_columns(text=scrub(labels["text"]), plain=normalised(labels["text"])).filter(
        pl.col("plain").str.len_chars() > 0
    )
    unique = plain.unique("plain", keep="first", maintain_order=True).drop("plain")
    fifth = np.random.default_rng(SPLIT_SEED).permutation(unique.height) % 5
    part = {name: unique.filter(pl.Series(np.isin(fifth, at))) for name, at in _PARTS.items()}
    lexicon = {} if base is None else base.lexicon
    sentiment, judged = _sentiment(part, lexicon, base)
    heads, thresholds, more = _moments(part, lexicon, base)
    before = None if base is None else base.moments
    moments = joined([*([before] if before is not None else []), *heads.values()]) if heads else before
    every = (judged, *more)
    card: dict[str, Any] = {
        "learned_from": "the brand's own labels",
        "based_on": None if base is None else base.model_id,
        "texts": unique.height,
        "scores": {one.what: {"own": one.own, "before": one.before, "kept": one.is_kept} for one in every},
        "limits": f"Texts in {language} like those that were labelled.",
    }
    kept = {**({} if base is None else base.thresholds), **thresholds}
    return OwnModel(TextModel(language, lexicon, sentiment, moments, kept, card), every)


_PARTS = {"train": (0, 1, 2), "validation": (3,), "test": (4,)}


def _check(labels: pl.DataFrame) -> None:
    if missing := sorted({"text", "sentiment", "moments"} - set(labels.columns)):
        raise InputError(f"labels lack {missing}")
    strange = sorted(set(labels["sentiment"].drop_nulls()) - set(CLASSES))
    if strange:
        raise InputError(f"sentiment {strange} is none of {', '.join(CLASSES)}")
    strange = sorted(set(labels["moments"].explode().drop_nulls()) - set(MOMENTS))
    if strange:
        raise InputError(f"moments {strange} are none of {', '.join(MOMENTS)}")
    if not labels.filter(pl.col("sentiment").is_not_null() | pl.col("moments").is_not_null()).height:
        raise InputError("no text has a sentiment or moments: nothing to learn from")


def _features(texts: pl.Series, lexicon: dict[str, float]) -> TextFeatures:
    return text_features(tokenise(texts), lexicon)


def _sentiment(
    part: Mapping[str, pl.DataFrame], lexicon: dict[str, float], base: TextModel | None
) -> tuple[LinearHead, Judged]:
    """The sentiment head to use. Thresholds play no part, so the validation fifth teaches too."""
    rows = pl.concat([part["train"], part["validation"]]).drop_nulls("sentiment")
    test = part["test"].drop_nulls("sentiment")
    counts = {name: int((rows["sentiment"] == name).sum()) for name in CLASSES}
    if min(counts.values()) < LEAST_PER_CLASS or test.height < LEAST_JUDGED:
        why = f"labels {counts}: {LEAST_PER_CLASS} texts of each are needed, and {LEAST_JUDGED} more to judge on"
        if base is None:
            raise TooFewRowsError(f"no model of the language is in use, and its sentiment cannot be learned: {why}")
        return base.sentiment, Judged("sentiment", test.height, None, None, False, why)
    matrix = matrix_of(rows["text"], lexicon, letters=True)
    own = fit_head(matrix, rows["sentiment"].to_list(), letters=True, strength=OWN_STRENGTH)
    features, truth = _features(test["text"], lexicon), test["sentiment"].to_list()
    score = macro_f1(_best(own, features), truth)
    before = None if base is None else macro_f1(_best(base.sentiment, features), truth)
    is_kept = before is None or score >= before
    judged = Judged("sentiment", test.height, round(score, 4), _rounded(before), is_kept)
    return (own if is_kept or base is None else base.sentiment), judged


def _moments(
    part: Mapping[str, pl.DataFrame], lexicon: dict[str, float], base: TextModel | None
) -> tuple[dict[str, LinearHead], dict[str, float], list[Judged]]:
    """A yes/no head for every moment that has labels enough, its threshold, and how it did."""
    rows = {name: frame.drop_nulls("moments") for name, frame in part.items()}
    heads: dict[str, LinearHead] = {}
    thresholds: dict[str, float] = {}
    judged: list[Judged] = []
    if not rows["train"].height:
        return heads, thresholds, judged
    matrix = matrix_of(rows["train"]["text"], lexicon, letters=True)
    features = {name: _features(rows[name]["text"], lexicon) for name in ("validation", "test")}
    used = moment_confidence(features["test"], base) if base is not None and reads_moments(base) else None
    for moment in sorted(set(pl.concat(rows.values())["moments"].explode().drop_nulls())):
        truth = {name: frame["moments"].list.contains(moment).to_numpy() for name, frame in rows.items()}
        yes, tests = int(truth["train"].sum()), int(truth["test"].sum())
        if min(yes, len(truth["train"]) - yes) < LEAST_PER_CLASS or not truth["validation"].any() or not tests:
            why = f"{yes} of {len(truth['train'])} texts tell of it: {LEAST_PER_CLASS} with and without are needed"
            judged.append(Judged(moment, len(truth["test"]), None, None, False, why))
            continue
        labels = np.where(truth["train"], "yes", "no").tolist()
        head = stacked({moment: fit_head(matrix, labels, letters=True, strength=OWN_STRENGTH)})
        cut = best_threshold(head.probabilities(features["validation"])[:, 0], truth["validation"])
        score = f1(head.probabilities(features["test"])[:, 0] >= cut, truth["test"])
        before = None
        if used is not None:
            at = MOMENTS.index(moment)
            before = f1(used[0][:, at] >= used[1][at], truth["test"])
        is_kept = before is None or score >= before
        if is_kept:
            heads[moment], thresholds[moment] = head, cut
        judged.append(Judged(moment, len(truth["test"]), round(score, 4), _rounded(before), is_kept))
    return heads, thresholds, judged


def _best(head: LinearHead, features: TextFeatures) -> Sequence[str]:
    return [head.classes[column] for column in head.probabilities(features).argmax(axis=1)]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
