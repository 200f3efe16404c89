"""Labelled texts for training: the sets whose licence lets shipped weights be trained on them, and nothing else.

Belongs here: reading GoEmotions (Apache-2.0), MAMS (Apache-2.0) and VADER's ground truth (MIT) from a folder, and their
labels as nanolift's classes. Does not: evaluation sets; they are read by benchmarks only, so no path to them exists in
this package.
"""

from __future__ import annotations

import gzip
import html
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import polars as pl

from ml.errors import InputError

CLASSES = ("negative", "neutral", "positive")

_POSITIVE = frozenset(
    "admiration amusement approval caring desire excitement gratitude joy love optimism pride relief".split()
)
_NEGATIVE = frozenset(
    "anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness remorse sadness".split()
)
DELIGHT = frozenset("admiration joy excitement love amusement".split())
VADER_SETS = {
    "tweets": "tweets_GroundTruth.txt.gz",
    "amazon": "amazonReviewSnippets_GroundTruth.txt.gz",
    "movies": "movieReviewSnippets_GroundTruth.txt.gz",
    "nyt": "nytEditorialSnippets_GroundTruth.txt.gz",
}
# Human means on -4 to 4 within this of 0 are neutral: half the distance to "slightly" (1).
NEUTRAL_WITHIN = 0.5


@dataclass(frozen=True)
class Folder:
    """The folder that holds goemotions/, mams/ and vader/."""

    root: Path

    def file(self, *parts: str) -> Path:
        """Raises InputError where the file is missing."""
        path = self.root.joinpath(*parts)
        if not path.is_file():
            raise InputError(f"no {'/'.join(parts)} in {self.root}: give the folder that holds goemotions, mams, vader")
        return path


def goemotions(folder: Folder, part: str) -> pl.DataFrame:
    """GoEmotions comments (Demszky et al. 2020).

    Args:
        part: train, dev or test.

    Returns:
        text, emotions (list of names), sentiment (NULL: both signs, or only the four ambiguous emotions).
    """
    names = folder.file("goemotions", "labels.txt").read_text().split()
    with gzip.open(folder.file("goemotions", f"{part}.tsv.gz"), "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines if line.strip()]
    emotions = [[names[int(code)] for code in row[1].split(",")] for row in rows]
    return pl.DataFrame(
        {
            "text": [row[0].replace("[NAME]", "").replace("[RELIGION]", "") for row in rows],
            "emotions": emotions,
            "sentiment": [_emotion_sentiment(frozenset(found)) for found in emotions],
        },
        schema={"text": pl.String, "emotions": pl.List(pl.String), "sentiment": pl.String},
    )


def _emotion_sentiment(emotions: frozenset[str]) -> str | None:
    positive, negative = bool(emotions & _POSITIVE), bool(emotions & _NEGATIVE)
    if positive or negative:
        return None if positive and negative else ("positive" if positive else "negative")
    return "neutral" if "neutral" in emotions else None


def mams(folder: Folder, part: str) -> pl.DataFrame:
    """MAMS restaurant sentences (Jiang et al. 2019).

    Args:
        part: train, val or test.

    Returns:
        text, aspects (list of "category:polarity"), sentiment: the sign of positive minus negative aspects.
    """
    with gzip.open(folder.file("mams", f"{part}.xml.gz"), "rb") as source:
        sentences = ElementTree.parse(source).getroot().findall("sentence")
    texts, aspects, sentiment = [], [], []
    for sentence in sentences:
        found = [(a.attrib["category"], a.attrib["polarity"]) for a in sentence.iter("aspectCategory")]
        balance = sum({"positive": 1, "negative": -1}.get(polarity, 0) for _, polarity in found)
        texts.append(sentence.findtext("text") or "")
        aspects.append([f"{category}:{polarity}" for category, polarity in found])
        sentiment.append(CLASSES[(balance > 0) - (balance < 0) + 1])
    return pl.DataFrame({"text": texts, "aspects": aspects, "sentiment": sentiment})


def vader_truth(folder: Folder, name: str, neutral_within: float = NEUTRAL_WITHIN) -> pl.DataFrame:
    """Snippets with mean human sentiment (Hutto and Gilbert 2014).

    Args:
        name: a key of VADER_SETS.
        neutral_within: means closer to 0 than this are neutral.

    Returns:
        group (the document a snippet was cut from; the snippet itself where it stands alone), text, mean, sentiment.
    """
    with gzip.open(folder.file("vader", VADER_SETS[name]), "rt", encoding="utf-8", errors="replace") as lines:
        rows = [line.rstrip("\n").split("\t", 2) for line in lines if line.count("\t") >= 2]
    mean = pl.col("mean")
    label = pl.when(mean >= neutral_within).then(pl.lit("positive"))
    return pl.DataFrame(
        {
            "group": [row[0].split("_")[0] for row in rows],
            "text": [html.unescape(row[2]) for row in rows],
            "mean": [float(row[1]) for row in rows],
        }
    ).with_columns(
        label.when(mean <= -neutral_within).then(pl.lit("negative")).otherwise(pl.lit("neutral")).alias("sentiment")
    )


def held_out(groups: pl.Series, seed: int, folds: int = 5) -> pl.Series:
    """Whether a row belongs to the seeded part (one of `folds`) that no training may see; whole groups only."""
    unique = groups.unique().sort()
    chosen = unique.sample(fraction=1 / folds, seed=seed, shuffle=True)
    return groups.is_in(chosen.implode()).alias("held_out")
