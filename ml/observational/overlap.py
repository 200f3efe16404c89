"""How many people had a counterpart: chances of having been chosen, who is left out, how many people weights leave.

Belongs here: the report on overlap, the weights. Does not: the chances (propensity.py), the effect (estimators.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.arrays import BoolArray, FloatArray

# Crump et al. 2009 derive .1 to .9 as a rule of thumb; .05 keeps more people and lets no weight exceed 20.
OVERLAP = (0.05, 0.95)
# Below that share of people with a counterpart, the number is about another population than the campaign's.
LEAST_INSIDE_SHARE = 0.5


@dataclass(frozen=True)
class Overlap:
    """Who can be compared.

    Attributes:
        people_count, treated_count: before anybody is left out.
        inside_count, inside_treated_count: with a chance inside OVERLAP.
        outside_share: share of people outside.
        effective_treated, effective_untreated: how many people of equal weight the weighted arms are worth (Kish).
        separation: probability that a chosen person's chance exceeds an unchosen one's; .5: nothing told who is chosen.
    """

    people_count: int
    treated_count: int
    inside_count: int
    inside_treated_count: int
    outside_share: float
    effective_treated: float
    effective_untreated: float
    separation: float

    @property
    def estimand(self) -> str:
        """Whom the effect is about, in words."""
        return (
            f"holds for the {self.inside_count} of {self.people_count} people whose estimated chance of being chosen "
            f"lay between {OVERLAP[0]} and {OVERLAP[1]}, each counting by how open the choice was"
        )


def inside(chance: FloatArray) -> BoolArray:
    """Who has a counterpart."""
    return np.asarray((chance >= OVERLAP[0]) & (chance <= OVERLAP[1]), dtype=np.bool_)


def overlap_weights(chance: FloatArray, treatment: FloatArray) -> FloatArray:
    """1 - e for the chosen, e for the others (Li, Morgan and Zaslavsky 2018): never large, largest where e is .5."""
    return np.asarray(np.where(treatment == 1, 1 - chance, chance), dtype=np.float64)


def overlap_of(chance: FloatArray, treatment: FloatArray) -> Overlap:
    """The report for everybody who was considered, before anybody is left out."""
    keep = inside(chance)
    weight = np.where(keep, overlap_weights(chance, treatment), 0.0)
    treated = treatment == 1
    return Overlap(
        people_count=int(chance.size),
        treated_count=int(treated.sum()),
        inside_count=int(keep.sum()),
        inside_treated_count=int((keep & treated).sum()),
        outside_share=float(1 - keep.mean()) if chance.size else 0.0,
        effective_treated=effective_size(weight[treated]),
        effective_untreated=effective_size(weight[~treated]),
        separation=_separation(chance, treated),
    )


def effective_size(weight: FloatArray) -> float:
    """(sum w)² / sum w² (Kish 1965); 0 where nobody has a weight."""
    squares = float((weight**2).sum())
    return float(weight.sum()) ** 2 / squares if squares > 0 else 0.0


def _separation(chance: FloatArray, treated: BoolArray) -> float:
    """Area under the ROC curve, ties counting half."""
    _, code, times = np.unique(chance, return_inverse=True, return_counts=True)
    rank = (np.cumsum(times) - (times - 1) / 2)[code]
    chosen, others = int(treated.sum()), int((~treated).sum())
    if not chosen or not others:
        return float("nan")
    return float((rank[treated].sum() - chosen * (chosen + 1) / 2) / (chosen * others))
