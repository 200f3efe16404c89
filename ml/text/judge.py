"""Scores of classes told against the truth: F1, macro-F1, and the cut that is best on held-out texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


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
