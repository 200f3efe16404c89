"""The ranking statistic where no effect can be: treatment shuffled, or the outcome of before the campaign.

A ranking that looks good here looks good by a fault: of the chances of treatment, of the held-out scores, of the code.
Does not belong here: placebo tests of average effects (ml/measurement).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as students_t

from ml.arrays import BoolArray, FloatArray, IntArray, cluster_codes
from ml.crossfit import doubly_robust_scores
from ml.evaluate.rate import qini_rate, rate_interval

PERMUTATIONS = 20
Interval = tuple[float, float, float]


@dataclass(frozen=True)
class Assignment:
    """How the judged rows came by their treatment, one value a row.

    Attributes:
        treatment, propensity: as in Sample.
        unit: who was assigned together in one campaign; a unit has one treatment and one chance.
        stratum: within which the treatments of units may be exchanged (a campaign).
        is_drawn: the chances are those of a draw. Estimated ones differ from person to person and leave nobody to
            exchange treatments with: these are drawn anew instead.
    """

    treatment: FloatArray
    propensity: FloatArray
    unit: IntArray
    stratum: IntArray
    is_drawn: bool


def shuffled_treatments(assigned: Assignment, *, permutations: int, seed: int) -> Iterator[FloatArray]:
    """(n,) treatments as another draw could have given them.

    Drawn: treatments of whole units exchanged within stratum and chance, so that every stratum keeps its numbers. Else
    each unit is drawn anew with its own chance.
    """
    rng = np.random.default_rng(seed)
    codes = cluster_codes(assigned.unit, assigned.treatment.size)
    first = np.unique(codes, return_index=True)[1]
    chance = assigned.propensity[first]
    group = np.unique(np.column_stack([assigned.stratum[first], chance]), axis=0, return_inverse=True)[1].ravel()
    sorted_group = np.argsort(group, kind="stable")
    treated = assigned.treatment[first][sorted_group]
    for _ in range(permutations):
        lot = rng.random(first.size)
        units = np.empty(first.size)
        if assigned.is_drawn:
            units[np.lexsort((lot, group))] = treated
        else:
            units[:] = lot < chance
        yield units[codes]


def shuffled_rates(
    residual: FloatArray,
    assigned: Assignment,
    scores: Mapping[str, FloatArray],
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
) -> dict[str, Interval]:
    """Name of the score → (mean QINI-RATE over shuffled treatments, low, high of that mean at 90 %); 0 is expected.

    Args:
        residual: (n,) outcome less what was expected of the person.
        scores: name → (n,) held-out score, as learned with the true treatment.
    """
    none = np.zeros(residual.size)
    values: dict[str, list[float]] = {name: [] for name in scores}
    for treatment in shuffled_treatments(assigned, permutations=permutations, seed=seed):
        gamma = doubly_robust_scores(residual, treatment, assigned.propensity, none)
        for name, score in scores.items():
            values[name].append(qini_rate(gamma, score))
    quantile = float(students_t.ppf(0.95, permutations - 1))
    result = {}
    for name, own in values.items():
        mean, reach = float(np.mean(own)), quantile * float(np.std(own, ddof=1)) / permutations**0.5
        result[name] = (mean, mean - reach, mean + reach)
    return result


def before_rates(
    before: FloatArray,
    assigned: Assignment,
    scores: Mapping[str, FloatArray],
    cluster: IntArray,
    *,
    draws: int,
    seed: int,
) -> dict[str, Interval]:
    """Name of the score → (QINI-RATE, low, high at 90 %) with the outcome of before the campaign; 0 is expected.

    Args:
        before: (n,) outcome before treatment; NaN: not known, the row is left out. Nothing comes back where it is the
            same for everybody known, or known of fewer than two clusters.
    """
    known: BoolArray = np.isfinite(before)
    own = cluster_codes(cluster, before.size)[known]
    if not known.any() or np.ptp(before[known]) == 0 or np.unique(own).size < 2:
        return {}
    _, code = np.unique(assigned.stratum[known], return_inverse=True)
    usual = (np.bincount(code, before[known]) / np.bincount(code))[code]
    gamma = doubly_robust_scores(before[known], assigned.treatment[known], assigned.propensity[known], usual)
    return {
        name: rate_interval(gamma, score[known], own, figure="qini_rate", draws=draws, seed=seed)
        for name, score in scores.items()
    }
