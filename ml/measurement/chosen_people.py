"""Chosen people beside the others: the comparison, its average effect and the check of it, in one place.

Belongs here: what campaigns (average_effect.py) and models (train.py) share of an observational comparison. Does not:
formulas (estimators.py, observational/), words (notes.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ml.arrays import FloatArray, IntArray
from ml.measurement.design_checks import DesignCheck, check_observational
from ml.measurement.estimators import Estimate, aipw, compared
from ml.observational.report import sensitivity_of
from ml.observational.sensitivity import Comparison

INTERVAL_LEVEL = 0.9


def compared_with_their_like(
    X: FloatArray, y: FloatArray, treatment: FloatArray, chance: FloatArray, cluster: IntArray, seed: int
) -> Comparison:
    """Everybody, weighted to those who could as well have been chosen as not (tilt e(1-e)).

    Leaving out chances outside .05 to .95 and counting the others alike was tried first: `python -m
    benchmarks.observational` prints both (docs/methods/fair_comparisons.md has the table).
    """
    return compared(X, y, treatment, chance, cluster, seed, tilt=chance * (1 - chance))


def with_sensitivity(
    check: DesignCheck, X: FloatArray, comparison: Comparison, estimate: Estimate, feature_names: Sequence[str]
) -> DesignCheck:
    """The check with how strong a hidden cause must be."""
    sensitivity = sensitivity_of(
        X,
        comparison,
        effect=estimate.effect,
        interval=estimate.interval(INTERVAL_LEVEL),
        level=INTERVAL_LEVEL,
        feature_names=feature_names,
    )
    return replace(check, sensitivity=sensitivity)


def check_chosen_people(
    model: str,
    outcome: str,
    X: FloatArray,
    y: FloatArray,
    treatment: FloatArray,
    chance: FloatArray,
    cluster: IntArray,
    feature_names: Sequence[str],
    seed: int,
) -> DesignCheck:
    """The check of the people a model learns from, with the sensitivity of their average effect.

    Args:
        model: its name.
        chance: (n,) estimated, of everybody, before anybody is left out.
    """
    check = check_observational("scores", model, outcome, X, treatment, chance, cluster, feature_names=feature_names)
    comparison = compared_with_their_like(X, y, treatment, chance, cluster, seed)
    return with_sensitivity(check, X, comparison, aipw(comparison), feature_names)
