"""Valence features after VADER (Hutto and Gilbert 2014), computed for all texts of a chunk at once.

Belongs here: the lexicon's rules on token arrays. Does not: the lexicon itself (shipped in weights/, built by train.py
from the vaderSentiment package, MIT licence), or what follows from the features (sentiment.py).

Kept of VADER: valences of words, emoticons and emoji, emphasis by capitals and by ! and ?, intensifiers and negations
up to three words before, "no", "least", "but", the idioms of two and three words. Told apart from VADER in
docs/methods/text.md; test_valence.py compares with the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.text.tokens import Tokens

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

FEATURES = ("negative", "neutral", "positive", "compound")

# The paper's empirical increments: intensifier, capitals, negation, exclamation and question marks.
_BOOST, _CAPITALS, _NEGATION, _EXCLAMATION, _QUESTION = 0.293, 0.733, -0.74, 0.292, 0.18
_DISTANCE = (1.0, 0.95, 0.9)
_ALPHA = 15.0

BOOSTERS = frozenset(
    "absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous enormously "
    "entirely especially exceptional exceptionally extreme extremely fabulously flipping flippin frackin fracking "
    "fricking frickin frigging friggin fully fuckin fucking fuggin fugging greatly hella highly hugely incredible "
    "incredibly intensely major majorly more most particularly purely quite really remarkably so substantially "
    "thoroughly total totally tremendous tremendously uber unbelievably unusually utter utterly very".split()
)
DAMPENERS = frozenset(
    "almost barely hardly kinda kindof less little marginal marginally occasional occasionally partly scarce scarcely "
    "slight slightly somewhat sorta sortof".split()
)
NEGATIONS = frozenset(
    "aint arent cannot cant couldnt darent didnt doesnt dont hadnt hasnt havent isnt mightnt mustnt neither neednt "
    "never none nope nor not nothing nowhere oughtnt shant shouldnt uhuh wasnt werent without wont wouldnt rarely "
    "seldom despite".split()
)
IDIOMS = {
    ("the", "shit"): 3.0, ("the", "bomb"): 3.0, ("bad", "ass"): 1.5, ("bus", "stop"): 0.0, ("yeah", "right"): -2.0,
    ("kiss", "of", "death"): -1.5, ("to", "die", "for"): 3.0, ("beating", "heart"): 3.5,
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """What the rules need to know of each distinct token: (distinct,) arrays, and the number of each form."""

    valence: FloatArray
    known: BoolArray
    boost: FloatArray
    negates: BoolArray
    capitals: BoolArray
    marks: FloatArray
    form: IntArray
    number_of: dict[str, int]

    def number(self, form: str) -> int:
        """The form's number in `form`; -1 when no token has it."""
        return self.number_of.get(form, -1)


def words_of(tokens: Tokens, lexicon: dict[str, float]) -> Words:
    """Look every distinct token up once. `marks` holds the length of a run of ! (positive) or ? (negative)."""
    forms = [_form(raw, normal, lexicon) for raw, normal in zip(tokens.raw, tokens.normal, strict=True)]
    boost = [_BOOST if f in BOOSTERS else -_BOOST if f in DAMPENERS else 0.0 for f in forms]
    number_of: dict[str, int] = {}
    return Words(
        valence=np.array([0.0 if b else lexicon.get(f, 0.0) for f, b in zip(forms, boost, strict=True)]),
        known=np.array([f in lexicon for f in forms], dtype=np.bool_),
        boost=np.array(boost),
        negates=np.array([f in NEGATIONS or "n't" in f for f in forms], dtype=np.bool_),
        capitals=np.array([raw.isupper() for raw in tokens.raw], dtype=np.bool_),
        marks=np.array([len(raw) * {"!": 1.0, "?": -1.0}.get(raw[:1], 0.0) for raw in tokens.raw]),
        form=np.array([number_of.setdefault(f, len(number_of)) for f in forms], dtype=np.int64),
        number_of=number_of,
    )


def _form(raw: str, normal: str, lexicon: dict[str, float]) -> str:
    """The form the lexicon knows: as written, else with stretched letters cut to two, then to one."""
    lowered = raw.lower().replace("’", "'")
    if lowered in lexicon or lowered == normal:
        return lowered
    if normal in lexicon:
        return normal
    single = "".join(a for a, b in zip(normal, " " + normal, strict=False) if a != b)
    return single if single in lexicon else lowered


def valence_features(tokens: Tokens, lexicon: dict[str, float]) -> FloatArray:
    """VADER's four features of every text.

    Returns:
        (n, 4) in the order of FEATURES: three shares that sum to 1 and compound in -1 to 1; all 0 without words.
    """
    words = words_of(tokens, lexicon)
    if not len(tokens.codes):
        return np.zeros((tokens.texts, len(FEATURES)))
    marks = words.marks[tokens.codes]
    emphasis = _emphasis(tokens, marks)
    kept = marks == 0
    line = _Line(words, tokens.codes[kept], tokens.text_of[kept], tokens.texts)
    return _features(line, _scored(line), emphasis)


class _Line:
    """All words of all texts in one row, with look-backs that stop at the start of a text."""

    def __init__(self, words: Words, codes: IntArray, text_of: IntArray, texts: int) -> None:
        self.words, self.codes, self.text_of, self.texts = words, codes, text_of, texts
        self.form = words.form[codes]
        self.known = words.known[codes]
        capitals = words.capitals[codes]
        shouted = np.bincount(text_of, weights=capitals, minlength=texts)
        length = np.bincount(text_of, minlength=texts)
        self.capitals = capitals & ((shouted > 0) & (shouted < length))[text_of]

    def shifted(self, values: npt.NDArray[Any], by: int, fill: object) -> npt.NDArray[Any]:
        """The value `by` words earlier (later when negative) in the same text; `fill` past its ends."""
        out = np.full_like(values, fill)
        source, target = (slice(None, -by), slice(by, None)) if by > 0 else (slice(-by, None), slice(None, by))
        same = self.text_of[source] == self.text_of[target]
        out[target][same] = values[source][same]
        return out

    def is_form(self, form: str, by: int = 0) -> BoolArray:
        """Whether the word `by` earlier is this one."""
        forms = self.shifted(self.form, by, -2) if by else self.form
        return np.asarray(forms == self.words.number(form), dtype=np.bool_)


def _scored(line: _Line) -> FloatArray:
    """(words,) valence of each word after the rules."""
    words, codes = line.words, line.codes
    base = np.where(words.boost[codes] != 0, 0.0, words.valence[codes])
    scored = line.known & (words.boost[codes] == 0) & ~(line.is_form("kind") & line.is_form("of", -1))
    value = np.where(line.is_form("no") & line.shifted(line.known, -1, False), 0.0, base)
    no_before = line.is_form("no", 1) | line.is_form("no", 2)
    no_before |= line.is_form("no", 3) & (line.is_form("or", 1) | line.is_form("nor", 1))
    value = np.where(no_before, base * _NEGATION, value)
    value += np.where(line.capitals, np.where(value > 0, _CAPITALS, -_CAPITALS), 0.0)
    so_this = [line.is_form("so", by) | line.is_form("this", by) for by in (1, 2)]
    for by, weight in enumerate(_DISTANCE, start=1):
        unknown = line.shifted(~line.known, by, False)
        boost = line.shifted(words.boost[codes], by, 0.0).astype(np.float64)
        shouted = line.shifted(line.capitals, by, False) & (boost != 0)
        sign = np.where(value > 0, 1.0, -1.0)
        value = value + np.where(unknown, (boost * sign + np.where(shouted, _CAPITALS * sign, 0.0)) * weight, 0.0)
        negated = line.shifted(words.negates[codes], by, False).astype(np.bool_) & unknown
        praised = np.zeros_like(negated)
        if by > 1:
            praised = unknown & line.is_form("never", by) & np.logical_or.reduce(so_this[: by - 1])
            negated &= ~(line.is_form("without", by) & line.is_form("doubt", by - 1))
        value = np.where(praised, value * 1.25, np.where(negated, value * _NEGATION, value))
    least = line.is_form("least", 1) & ~(line.is_form("at", 2) | line.is_form("very", 2))
    value = np.where(least, value * _NEGATION, value)
    return _but(line, _idioms(line, np.where(scored, value, 0.0)))


def _idioms(line: _Line, value: FloatArray) -> FloatArray:
    """An idiom's valence goes to its last word, its other words get none."""
    for idiom, valence in IDIOMS.items():
        last = len(idiom) - 1
        if any(line.words.number(part) < 0 for part in idiom):
            continue
        found = np.logical_and.reduce([line.is_form(part, last - at) for at, part in enumerate(idiom)])
        for by in range(1, last + 1):
            value = np.where(line.shifted(found, -by, False), 0.0, value)
        value = np.where(found, valence, value)
    return value


def _but(line: _Line, value: FloatArray) -> FloatArray:
    """What stands before the first "but" counts half, what stands after it one and a half times."""
    at = np.flatnonzero(line.is_form("but"))
    if not len(at):
        return value
    first = np.full(line.texts, -1, dtype=np.int64)
    first[line.text_of[at][::-1]] = at[::-1]
    turn = first[line.text_of]
    here = np.arange(len(value))
    return np.asarray(value * np.where(turn < 0, 1.0, np.where(here < turn, 0.5, np.where(here > turn, 1.5, 1.0))))


def _emphasis(tokens: Tokens, marks: FloatArray) -> FloatArray:
    """(n,) what exclamation marks (up to four) and question marks (from two on) add."""
    text_of = tokens.text_of
    exclaimed = np.bincount(text_of, weights=np.maximum(marks, 0), minlength=tokens.texts)
    asked = np.bincount(text_of, weights=np.maximum(-marks, 0), minlength=tokens.texts)
    question = np.where(asked > 3, 0.96, np.where(asked > 1, asked * _QUESTION, 0.0))
    return np.asarray(np.minimum(exclaimed, 4) * _EXCLAMATION + question)


def _features(line: _Line, value: FloatArray, emphasis: FloatArray) -> FloatArray:
    def total(weights: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(line.text_of, weights=weights, minlength=line.texts), dtype=np.float64)

    summed = total(value)
    summed = summed + np.sign(summed) * emphasis
    positive = total(np.where(value > 0, value + 1, 0.0))
    negative = total(np.where(value < 0, 1 - value, 0.0))
    positive, negative = (
        positive + np.where(positive > negative, emphasis, 0.0),
        negative + np.where(negative > positive, emphasis, 0.0),
    )
    neutral = total((value == 0).astype(np.float64))
    size = np.maximum(positive + negative + neutral, 1e-9)
    compound = summed / np.sqrt(summed * summed + _ALPHA)
    return np.column_stack([negative / size, neutral / size, positive / size, compound])
