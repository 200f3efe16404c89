"""Moments of a text: which brand experiences it tells of, with polarity, confidence and the words that spoke for them.

Belongs here: scoring by rules where no label was ever given, by a head where there is one, and the "unsure" band.
Does not: the words (rules.py), counting moments over days and stores (moment_rates.py).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from ml.errors import InputError
from ml.text.features import TextFeatures
from ml.text.rules import CUE_NAMES, MOMENTS
from ml.text.weights import TextModel

FloatArray = npt.NDArray[np.float64]

MOMENT_TYPE = pl.Struct(
    {"moment": pl.String, "polarity": pl.String, "confidence": pl.Float64, "is_unsure": pl.Boolean, "cues": pl.String}
)

# Evidence of each cue: 1 - exp(-1) = .63 is one clear word. Two half-clear words are as good as one clear word;
# negative weights take back what looks alike ("can't wait", "free shipping").
EVIDENCE: dict[str, dict[str, float]] = {
    "delight": {"love": 0.8, "thanks": 0.5, "joy": 0.5, "not_love": -0.8},
    "disappointment": {"letdown": 0.8, "outrage": 0.8, "never_again_phrase": 1.0, "not_love": 0.5, "not_worth": 0.8},
    "wait": {
        "wait": 0.4, "late": 0.55, "number_duration": 0.5, "on_hold": 0.5, "wait_duration": 0.5, "late_duration": 0.5,
        "duration_late": 0.3, "in_line": 0.6, "line": 0.2, "cannot_wait": -1.2, "refuses_site": -0.2,
    },
    "confusing_instructions": {
        "site": 0.45, "confusion": 0.25, "booking": 0.25, "how_to": 0.5, "figure_out": 0.7, "site_trouble": 0.5,
        "site_refuses": 0.5, "refuses_site": 0.4, "book_online": 0.4, "not_able": 0.2, "confused": 0.8,
    },
    "staff": {"staff": 0.7, "agent": 0.35, "manner": 0.45, "rude_staff": 0.8, "staff_rude": 0.8, "agent_rude": 0.6,
              "rude_agent": 0.6, "at_gate": 0.5},
    "purchase": {"bought": 0.35, "just_bought": 0.8, "i_bought": 0.8},
    "support": {
        "service": 0.3, "contact": 0.3, "hold": 0.4, "agent": 0.2, "money_back": 0.4, "customer_service": 0.6,
        "on_hold": 0.5, "hang_up": 0.8, "call_back": 0.4, "no_answer": 0.6, "no_help": 0.5,
    },
    "product_fault": {"broken": 0.3, "product": 0.25, "not_working": 0.8, "product_broken": 0.6, "broken_product": 0.6,
                      "fell_apart": 1.2, "product_negated": 0.2},
    "fulfilment": {"parcel": 0.45, "luggage": 0.5, "lost": 0.25, "lost_luggage": 0.8, "luggage_lost": 0.8,
                   "parcel_late": 0.6, "parcel_missing": 0.5},
    "price": {"price": 0.75, "not_worth": 0.6},
    "place": {"place": 0.6},
}  # fmt: skip
RULE_THRESHOLD = 0.5
# Below the threshold by this much a moment is told, but as unsure.
UNSURE_BAND = 0.15
_ALWAYS = {"delight": "positive", "disappointment": "negative", "mixed": "mixed"}
# The cues are English words: in any other language only a head speaks.
RULES_LANGUAGE = "en"


def reads_moments(model: TextModel) -> bool:
    """Whether the model can tell any moment: by rules (English) or by a head."""
    return model.language == RULES_LANGUAGE or model.moments is not None


def rule_confidence(features: TextFeatures) -> FloatArray:
    """(n, moments) in 0 to 1 by rules alone, in the order of MOMENTS; each cue counts at most twice."""
    weights = np.zeros((len(CUE_NAMES), len(MOMENTS)))
    for moment, evidence in EVIDENCE.items():
        for cue, weight in evidence.items():
            weights[CUE_NAMES.index(cue), MOMENTS.index(moment)] = weight
    confidence = 1 - np.exp(-np.clip(np.minimum(features.cues, 2) @ weights, 0, 20))
    confidence[:, MOMENTS.index("mixed")] = _mixed(features)
    return np.asarray(confidence)


def _mixed(features: TextFeatures) -> FloatArray:
    """Praise and blame in one text: the weaker side's valence share against .2, raised by a "but"."""
    weaker = np.minimum(features.valence[:, 0], features.valence[:, 2])
    turn = np.where(features.cues[:, CUE_NAMES.index("but")] > 0, 1.5, 1.0)
    return np.asarray(1 - np.exp(-weaker * turn * 6))


def moment_confidence(features: TextFeatures, model: TextModel) -> tuple[FloatArray, FloatArray]:
    """Confidence of every moment and the threshold it is held against.

    Returns:
        (n, moments) and (moments,), in the order of MOMENTS; learned where the model has a head for the moment. In
        another language than the rules' a moment without a head has confidence 0.
    """
    confidence = rule_confidence(features)
    if model.language != RULES_LANGUAGE:
        confidence[:] = 0.0
    thresholds = np.full(len(MOMENTS), RULE_THRESHOLD)
    if model.moments is not None:
        learned = model.moments.probabilities(features)
        for column, moment in enumerate(model.moments.classes):
            if moment not in MOMENTS:
                raise InputError(f"the model knows moment {moment!r}; moments are {', '.join(MOMENTS)}")
            at = MOMENTS.index(moment)
            confidence[:, at] = learned[:, column]
            thresholds[at] = model.thresholds.get(moment, RULE_THRESHOLD)
    return confidence, thresholds


def moments(features: TextFeatures, model: TextModel, sentiment: FloatArray) -> pl.Series:
    """The moments of every text.

    Args:
        sentiment: (n, 3) P(negative), P(neutral), P(positive).

    Returns:
        List of MOMENT_TYPE, empty where no moment is told. polarity: negative, neutral, positive or mixed.
        confidence: 0 to 1. is_unsure: within UNSURE_BAND below the threshold. cues: the words' groups, for reading.
    """
    confidence, thresholds = moment_confidence(features, model)
    told = confidence >= thresholds - UNSURE_BAND
    text_of, moment_of = np.nonzero(told)
    chosen = confidence[text_of, moment_of]
    overall = np.array(["negative", "neutral", "positive"], dtype=object)[sentiment.argmax(axis=1)]
    names = np.array(MOMENTS, dtype=object)[moment_of]
    always = np.array([_ALWAYS.get(name, "") for name in MOMENTS], dtype=object)[moment_of]
    rows = pl.DataFrame(
        {
            "text": pl.Series(text_of, dtype=pl.Int64),
            "moment": pl.Series(names.tolist(), dtype=pl.String),
            "polarity": pl.Series(np.where(always != "", always, overall[text_of]).tolist(), dtype=pl.String),
            "confidence": pl.Series(chosen.round(4), dtype=pl.Float64),
            "is_unsure": pl.Series(chosen < thresholds[moment_of], dtype=pl.Boolean),
            "cues": pl.Series(_reasons(features.cues, text_of, moment_of), dtype=pl.String),
        }
    )
    lists = rows.group_by("text", maintain_order=True).agg(
        pl.struct("moment", "polarity", "confidence", "is_unsure", "cues").alias("moments")
    )
    every = pl.DataFrame({"text": pl.Series(range(len(overall)), dtype=pl.Int64)})
    joined = every.join(lists, on="text", how="left", maintain_order="left")["moments"]
    return joined.cast(pl.List(MOMENT_TYPE)).fill_null([])


def _reasons(cues: FloatArray, text_of: npt.NDArray[np.int64], moment_of: npt.NDArray[np.int64]) -> list[str]:
    """Names of the cues in the text that speak for the moment, joined by a blank."""
    reasons = np.full(len(text_of), "", dtype=object)
    for number, moment in enumerate(MOMENTS):
        mine = moment_of == number
        for cue, weight in EVIDENCE.get(moment, {}).items():
            if weight > 0:
                has = mine & (cues[text_of, CUE_NAMES.index(cue)] > 0)
                reasons[has] = reasons[has] + (cue + " ")
    return [str(reason).rstrip() for reason in reasons]
