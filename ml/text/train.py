"""Trains the text models: the shipped English one from licence-clean sets, and a brand's own from its labels.

Belongs here: weights, settings and the card. Does not: which rows (train_sets.py), fitting (heads.py). Run as
`python -m ml.text.train DIRECTORY`: the folder that holds goemotions/, mams/ and vader/.

Settings were chosen with `--validate` (leave one set out) on training and validation parts; no evaluation set is
read by any code of this package.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from ml.text.corpora import Folder
from ml.text.features import text_features
from ml.text.heads import LinearHead, design, fit_head, stacked
from ml.text.judge import best_threshold, f1, macro_f1
from ml.text.scrub import scrub
from ml.text.tokens import tokenise
from ml.text.train_sets import HELD_OUT_SEED, Labelled, moment_rows, sentiment_sets
from ml.text.weights import SHIPPED, TextModel, load, save

logger = logging.getLogger(__name__)
FloatArray = npt.NDArray[np.float64]

SENTIMENT_STRENGTH = 0.1
MOMENT_STRENGTH = 0.3
OWN_STRENGTH = 1.0
LICENCES = {
    "goemotions": "Apache-2.0 (Demszky et al. 2020)",
    "mams": "Apache-2.0 (Jiang et al. 2019)",
    "vader": "MIT (Hutto and Gilbert 2014): lexicon and ground truth",
}


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
