"""How many members and hearers a survey must ask for an interval of ±15 %.

With n members and h hearers asked the relative variance of M · r0 / (1 - R) is

    (1 / r0 + 1 / k0) / n + s² / (1 - R)² / h;

the cheapest split of n + h is by the square roots of the two numerators. Belongs here: sizes. Does not: estimates.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

from ml.measurement.word_of_mouth.people import NORMAL_90

WANTED_HALF_WIDTH = 0.15


@dataclass(frozen=True)
class SurveySize:
    """Answers needed."""

    members_count: int
    hearers_count: int


def survey_size(
    told_mean: float,
    told_dispersion: float,
    relay_ratio: float,
    relay_variance: float,
    half_width: float = WANTED_HALF_WIDTH,
) -> SurveySize:
    """Answers for a 90 % interval of ± half_width of the reach.

    Args:
        told_mean: people told by a member, above 0.
        told_dispersion: k of that count.
        relay_ratio: people told by a hearer, below 1.
        relay_variance: variance of that count.
    """
    of_members = sqrt(1 / told_mean + 1 / told_dispersion)
    of_hearers = sqrt(relay_variance) / (1 - relay_ratio)
    needed = (NORMAL_90 / half_width) ** 2 * (of_members + of_hearers)
    return SurveySize(ceil(needed * of_members), ceil(needed * of_hearers))
