"""Trains the text models: the shipped English one from licence-clean sets, and a brand's own from its labels.

Belongs here: which rows, which weights, which settings, and the card. Does not: reading the sets (corpora.py), fitting
(heads.py). Run as `python -m ml.text.train DIRECTORY`: the folder that holds goemotions/, mams/ and vader/.

Settings were chosen with `--validate` (leave one set out) on training and validation parts; no evaluation set is
read by any code of this package.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from ml.text.corpora import DELIGHT, VADER_SETS, Folder, goemotions, held_out, mams, vader_truth
from ml.text.features import text_features
from ml.text.heads import LinearHead, design, fit_head, stacked
from ml.text.leak import leaking
from ml.text.moments import rule_confidence
from ml.text.rules import MOMENTS
from ml.text.scrub import scrub
from ml.text.tokens import tokenise
from ml.text.weights import SHIPPED, TextModel, load, save

logger = logging.getLogger(__name__)
FloatArray = npt.NDArray[np.float64]

HELD_OUT_SEED = 20240607  # of the fifth of VADER's Amazon snippets that no training sees
SENTIMENT_STRENGTH = 0.1
MOMENT_STRENGTH = 0.3
OWN_STRENGTH = 1.0
DISAPPOINTMENT = frozenset("disappointment annoyance anger disgust".split())
MAMS_MOMENTS = {"staff": ("staff", "service"), "price": ("price",), "place": ("place", "ambience")}
ELSEWHERE_TEXTS = 6000
LICENCES = {
    "goemotions": "Apache-2.0 (Demszky et al. 2020)",
    "mams": "Apache-2.0 (Jiang et al. 2019)",
    "vader": "MIT (Hutto and Gilbert 2014): lexicon and ground truth",
}


@dataclass(frozen=True)
class Labelled:
    """Texts of one set with their classes, and the parts kept for validation and test."""

    train: pl.DataFrame
    validation: pl.DataFrame
    test: pl.DataFrame


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
    tests = pl.concat(part["text"] for three in cut.values() for part in three[1:])
    return {name: Labelled(_clean(three[0], tests), three[1], three[2]) for name, three in cut.items()}


def _clean(rows: pl.DataFrame, tests: pl.Series) -> pl.DataFrame:
    return rows.filter(~pl.Series(leaking(rows["text"], tests)))


def balanced(sets: Sequence[pl.Series]) -> FloatArray:
    """Weights under which every class of a set weighs the same, and a set the root of its size.

    So a set's subject tells nothing about the class (films here are hardly ever neutral), and the largest set does not
    drown the others.
    """
    weights = []
    for labels in sets:
        counts = labels.value_counts()
        size = dict(zip(counts[labels.name].to_list(), counts["count"].to_list(), strict=True))
        weights.append(np.sqrt(len(labels)) / labels.replace_strict(size, return_dtype=pl.Float64).to_numpy())
    joined = np.concatenate(weights)
    return np.asarray(joined / joined.mean())


def matrix_of(texts: pl.Series, lexicon: dict[str, float], letters: bool) -> sparse.csr_matrix:
    """Design matrix of scrubbed texts."""
    return design(text_features(tokenise(scrub(texts)), lexicon), letters)


def fit_sentiment(sets: dict[str, Labelled], lexicon: dict[str, float]) -> LinearHead:
    """The shipped sentiment head."""
    rows = [labelled.train for labelled in sets.values()]
    matrix = sparse.vstack([matrix_of(part["text"], lexicon, letters=False) for part in rows]).tocsr()
    labels = pl.concat(part["sentiment"] for part in rows)
    weights = balanced([part["sentiment"] for part in rows])
    return fit_head(matrix, labels.to_list(), weights, letters=False, strength=SENTIMENT_STRENGTH)


def moment_rows(folder: Folder) -> dict[str, Labelled]:
    """Yes/no labels of the moments that a licence-clean set speaks of: text, label."""
    emotions = [goemotions(folder, part) for part in ("train", "dev", "test")]
    aspects = [mams(folder, part) for part in ("train", "val", "test")]

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
        tests = pl.concat([validation["text"], test["text"]])
        rows[name] = Labelled(_clean(train, tests), validation, test)
    return rows


def _elsewhere(comments: pl.DataFrame, moment: str) -> pl.DataFrame:
    """Comments without any cue of the moment, as "no": a head that saw restaurants only tells it of everything else."""
    lexicon: dict[str, float] = {}
    silent = rule_confidence(text_features(tokenise(scrub(comments["text"])), lexicon))[:, MOMENTS.index(moment)] == 0
    some = comments.filter(pl.Series(silent)).select("text", pl.lit("no").alias("label"))
    return some.sample(n=min(some.height, ELSEWHERE_TEXTS), seed=HELD_OUT_SEED)


def fit_moments(rows: dict[str, Labelled], lexicon: dict[str, float]) -> tuple[LinearHead, dict[str, float]]:
    """A yes/no head a moment, and its threshold: the best F1 on the validation part."""
    heads, thresholds = {}, {}
    for name, labelled in rows.items():
        matrix = matrix_of(labelled.train["text"], lexicon, letters=True)
        heads[name] = fit_head(matrix, labelled.train["label"].to_list(), letters=True, strength=MOMENT_STRENGTH)
        features = text_features(tokenise(scrub(labelled.validation["text"])), lexicon)
        belief = stacked({name: heads[name]}).probabilities(features)[:, 0]
        thresholds[name] = best_threshold(belief, (labelled.validation["label"] == "yes").to_numpy())
    return stacked(heads), thresholds


def best_threshold(belief: FloatArray, truth: npt.NDArray[np.bool_]) -> float:
    """The cut between .2 and .8 with the best F1; ties go to the lower."""
    cuts = np.round(np.arange(0.2, 0.81, 0.02), 2)
    scores = [f1(belief >= cut, truth) for cut in cuts]
    return float(cuts[int(np.argmax(scores))])


def f1(told: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall; 0 when nothing true was told."""
    hits = float((told & truth).sum())
    return 2 * hits / float(told.sum() + truth.sum()) if hits else 0.0


def macro_f1(told: Sequence[str], truth: Sequence[str]) -> float:
    """Mean F1 over the classes of the truth."""
    guess, right = np.asarray(told), np.asarray(truth)
    return float(np.mean([f1(guess == name, right == name) for name in np.unique(right)]))


def predicted(head: LinearHead, texts: pl.Series, lexicon: dict[str, float]) -> list[str]:
    """The most probable class of each text."""
    belief = head.probabilities(text_features(tokenise(scrub(texts)), lexicon))
    return [head.classes[column] for column in belief.argmax(axis=1)]


def own_head(
    texts: pl.Series, labels: Sequence[str], base: TextModel, confidence: FloatArray | None = None
) -> LinearHead:
    """An exclusive head on a brand's own labels: sentiment, or the one moment each text is about.

    Args:
        texts: scrubbed or not; they are scrubbed.
        labels: one class a text, at least heads.LEAST_PER_CLASS of each.
        base: the model whose lexicon is used.
        confidence: (n,) how sure the labellers were, 0 to 1; None: all the same.

    Raises:
        TooFewRowsError: too few texts of a class.
    """
    names, counts = np.unique(np.asarray(labels), return_counts=True)
    size = dict(zip(names.tolist(), counts.tolist(), strict=True))
    weights = np.array([len(labels) / (len(names) * size[label]) for label in labels])
    if confidence is not None:
        weights = weights * np.clip(confidence, 0.1, 1.0)
    matrix = matrix_of(texts, base.lexicon, letters=True)
    return fit_head(matrix, labels, weights, letters=True, strength=OWN_STRENGTH)


def package_lexicon() -> dict[str, float]:
    """Valences of the vaderSentiment package; an emoji has the sum of the words that describe it."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    lexicon = {word: round(float(valence), 2) for word, valence in sorted(analyzer.lexicon.items())}
    for emoji, description in sorted(analyzer.emojis.items()):
        if valence := sum(analyzer.lexicon.get(word, 0.0) for word in description.lower().split()):
            lexicon[emoji] = round(float(valence), 2)
    return lexicon


def train(folder: Folder, lexicon: dict[str, float], out: Path) -> TextModel:
    """Train and save the English model."""
    sets = sentiment_sets(folder)
    sentiment = fit_sentiment(sets, lexicon)
    tasks = moment_rows(folder)
    moments, thresholds = fit_moments(tasks, lexicon)
    scores = {
        f"sentiment_macro_f1_{name}": round(
            macro_f1(predicted(sentiment, part["text"], lexicon), part["sentiment"].to_list()), 4
        )
        for name, part in ((name, labelled.test) for name, labelled in sets.items())
        if part.height
    }
    for column, (name, labelled) in enumerate(tasks.items()):
        belief = moments.probabilities(text_features(tokenise(scrub(labelled.test["text"])), lexicon))[:, column]
        truth = (labelled.test["label"] == "yes").to_numpy()
        scores[f"moment_f1_{name}"] = round(f1(belief >= thresholds[name], truth), 4)
    card = {
        "licences": LICENCES,
        "training_texts": {name: labelled.train.height for name, labelled in sets.items()},
        "held_out_seed": HELD_OUT_SEED,
        "scores": scores,
        "limits": "English only. Other languages are never scored. Irony, quotes and comparisons are read as written.",
    }
    return save(out, TextModel("en", lexicon, sentiment, moments, thresholds, card))


def validate(folder: Folder, lexicon: dict[str, float]) -> pl.DataFrame:
    """Macro-F1 on each set by a head that saw none of its texts: the figure the settings were chosen by."""
    sets = sentiment_sets(folder)
    rows = []
    for name, labelled in sets.items():
        head = fit_sentiment({other: part for other, part in sets.items() if other != name}, lexicon)
        judged = labelled.validation if labelled.validation.height else labelled.train
        score = macro_f1(predicted(head, judged["text"], lexicon), judged["sentiment"].to_list())
        logger.info("left out %s: macro-F1 %.3f on %d texts", name, score, judged.height)
        rows.append({"set": name, "macro_f1": score, "texts": judged.height})
    return pl.DataFrame(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line of the module."""
    parser = argparse.ArgumentParser(prog="python -m ml.text.train", description=__doc__)
    parser.add_argument("directory", type=Path, help="folder with goemotions/, mams/, vader/")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="where the weights go")
    parser.add_argument("--validate", action="store_true", help="leave one set out; writes nothing")
    parser.add_argument("--keep-lexicon", action="store_true", help="use the shipped lexicon, not the package's")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    lexicon = load().lexicon if chosen.keep_lexicon else package_lexicon()
    folder = Folder(chosen.directory)
    if chosen.validate:
        validate(folder, lexicon)
        return
    model = train(folder, lexicon, chosen.out)
    logger.info("%s: %d bytes, sha256 %s", model.model_id, model.card["bytes"], model.card["sha256"])
    for name, score in model.card["scores"].items():
        logger.info("%s %.3f", name, score)


if __name__ == "__main__":
    main()
