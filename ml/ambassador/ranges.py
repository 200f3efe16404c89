"""How far off an expected value may be: the 90 % range of the average of people scored alike.

Four things are not known exactly: what people predicted alike bring in (the tenths of held-out predictions), how many
purchases telling causes for each tracked one (capture.py), the average effect on own purchases, and how far people
differ in it (own.py). Their errors are taken as independent and added up as variances.
Does not belong here: the expected values themselves, the order of people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.arrays import FloatArray, IntArray

GROUPS = 10
Z_90 = 1.644854


@dataclass(frozen=True)
class TenthErrors:
    """How well tracked purchases were predicted, by tenths of the predictions.

    Attributes:
        edges: (groups - 1,) predictions at which the next group begins, ascending.
        relative: (groups,) standard error of a group's predictions, over them.
    """

    edges: tuple[float, ...]
    relative: tuple[float, ...]

    def of(self, predicted: FloatArray) -> FloatArray:
        """(n,) relative error of each prediction."""
        return np.asarray(self.relative)[np.searchsorted(self.edges, predicted, side="right")]

    def as_dict(self) -> dict[str, Any]:
        """For a model card."""
        return {"edges": list(self.edges), "relative": list(self.relative)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TenthErrors:
        """Back from a model card."""
        return cls(tuple(values["edges"]), tuple(values["relative"]))


def fit_tenths(purchases: FloatArray, predicted: FloatArray, person: IntArray) -> TenthErrors:
    """Errors of the prediction by tenths of it: the chance of a tenth's realised sum, and what all tenths are off by.

    The second is a variance that all tenths share, by moments (DerSimonian and Laird, "Meta-analysis in clinical
    trials", 1986, around a miss of 0): predictions that were off by more than chance are so elsewhere too.

    Args:
        purchases: (n,) tracked purchases of people whom the predictions were not taught on.
        predicted: (n,) their predictions, above 0.
        person: (n,) codes: rows of a person go together.
    """
    edges = np.unique(np.quantile(predicted, np.arange(1, GROUPS) / GROUPS))
    group = np.searchsorted(edges, predicted, side="right")
    # Nobody between two edges: nothing is known of predictions there.
    chance, missed = np.ones(edges.size + 1), np.zeros(edges.size + 1)
    for number in np.unique(group):
        mine = group == number
        expected, misses = float(predicted[mine].sum()), purchases[mine] - predicted[mine]
        per_person = np.bincount(np.unique(person[mine], return_inverse=True)[1], weights=misses)
        # A sum of rare events is never certain: at least as much as a count of the expected size.
        chance[number] = max(float(per_person @ per_person), expected) / expected**2
        missed[number] = float(misses.sum()) / expected
    shared = max(0.0, float((missed**2 / chance).sum() - chance.size) / float((1 / chance).sum()))
    return TenthErrors(tuple(edges.tolist()), tuple(np.sqrt(chance + shared).tolist()))


def half_range(*errors: FloatArray) -> FloatArray:
    """(n,) half of a 90 % range, from independent standard errors."""
    return np.asarray(Z_90 * np.sqrt(np.sum(np.square(errors), axis=0)))


def share_held(value: FloatArray, expected: FloatArray, half: FloatArray, groups: int = 20) -> float:
    """Share of groups of people scored alike whose average value lies within the average of their ranges.

    Args:
        value: (n,) what people truly bring in.
        expected: (n,) expected values, which make the groups.
        half: (n,) half ranges.
    """
    parts = np.array_split(np.argsort(expected, kind="stable"), groups)
    return float(np.mean([abs(value[part].mean() - expected[part].mean()) <= half[part].mean() for part in parts]))
