"""AUTOC and QINI-RATE on doubly-robust scores (Yadlowsky et al. 2021; R package grf).

Γ_i has person i's effect as its mean (ml/crossfit.py), whatever the chances of treatment were. TOC(q) = mean Γ of
the best q by score - mean Γ of all; AUTOC = mean of TOC over q, QINI-RATE = mean of q·TOC. Both are 0 for a random
order and positive where people with a high score gain more. People with equal scores share their mean Γ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

from ml.arrays import BoolArray, FloatArray, IntArray, cluster_codes
from ml.errors import InputError


def tie_averaged(gamma: FloatArray, score: FloatArray) -> FloatArray:
    """Γ in the order of falling score, each replaced by the mean of its tie."""
    order = np.argsort(-score, kind="stable")
    ordered = gamma[order]
    group = np.cumsum(np.r_[False, np.diff(score[order]) != 0])
    averaged: FloatArray = (np.bincount(group, ordered) / np.bincount(group))[group]
    return averaged


def _autoc_of(ordered: FloatArray) -> float:
    toc = np.cumsum(ordered) / np.arange(1, ordered.size + 1)
    return float(toc.mean() - toc[-1])


def _qini_rate_of(ordered: FloatArray) -> float:
    k = np.arange(1, ordered.size + 1)
    return float(np.mean(np.cumsum(ordered) - k * ordered.mean()) / ordered.size)


def autoc(gamma: FloatArray, score: FloatArray) -> float:
    """Area under TOC: weighs the very best of the ranking most."""
    _check(gamma, score)
    return _autoc_of(tie_averaged(gamma, score))


def qini_rate(gamma: FloatArray, score: FloatArray) -> float:
    """Area under q·TOC: weighs the whole ranking evenly, and finds a spread-out effect with the fewest people."""
    _check(gamma, score)
    return _qini_rate_of(tie_averaged(gamma, score))


def half_sample_rates(
    gamma: FloatArray,
    scores: Mapping[str, FloatArray],
    cluster: IntArray,
    *,
    draws: int,
    seed: int,
    figure: Literal["qini_rate", "autoc"] = "qini_rate",
) -> dict[str, FloatArray]:
    """The figure of every score on the same random halves of the clusters: (draws,) each.

    The standard deviation over draws is the standard error of the figure of all rows (grf's half-sample bootstrap);
    of a difference of two scores, that of the paired difference.

    Args:
        cluster: (n,) labels of what was assigned together.
    """
    of = _qini_rate_of if figure == "qini_rate" else _autoc_of
    return half_samples(gamma, scores, cluster, of, draws=draws, seed=seed)


def half_samples(
    gamma: FloatArray,
    scores: Mapping[str, FloatArray],
    cluster: IntArray,
    of: Callable[[FloatArray], npt.ArrayLike],
    *,
    draws: int,
    seed: int,
) -> dict[str, FloatArray]:
    """`of` Γ in the order of every score (tie_averaged), on the same random halves of the clusters: (draws, …) each."""
    rng = np.random.default_rng(seed)
    codes = cluster_codes(cluster, gamma.size)
    clusters = int(codes.max()) + 1
    prepared: dict[str, tuple[IntArray, FloatArray]] = {}
    for name, score in scores.items():
        _check(gamma, score)
        order = np.argsort(-score, kind="stable").astype(np.int64)
        prepared[name] = (order, score[order])
    result: dict[str, list[npt.ArrayLike]] = {name: [] for name in scores}
    for _ in range(draws):
        taken = np.zeros(clusters, dtype=np.bool_)
        taken[rng.permutation(clusters)[: clusters // 2]] = True
        half: BoolArray = taken[codes]
        for name, (order, ordered_score) in prepared.items():
            kept = half[order]
            result[name].append(of(tie_averaged(gamma[order[kept]], ordered_score[kept])))
    return {name: np.array(values, dtype=np.float64) for name, values in result.items()}


def rate_interval(
    gamma: FloatArray,
    score: FloatArray,
    cluster: IntArray,
    *,
    figure: Literal["qini_rate", "autoc"],
    level: float = 0.9,
    draws: int = 200,
    seed: int = 0,
) -> tuple[float, float, float]:
    """(figure, low, high): normal interval with the half-sample standard error, as grf reports it."""
    value = qini_rate(gamma, score) if figure == "qini_rate" else autoc(gamma, score)
    halves = half_sample_rates(gamma, {"": score}, cluster, draws=draws, seed=seed, figure=figure)[""]
    reach = float(NormalDist().inv_cdf((1 + level) / 2) * halves.std(ddof=1))
    return value, value - reach, value + reach


def _check(gamma: FloatArray, score: FloatArray) -> None:
    if gamma.shape != score.shape or gamma.ndim != 1 or not gamma.size:
        raise InputError("gamma and score must be two columns of the same length, at least one row")
