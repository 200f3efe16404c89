"""Reach of one group of accounts: exact where every list is there, else estimated, else only its bounds.

Belongs here: which way a group is measured, and its row and curve. Does not: who is in a group (measure.py), unions
of lists (exact.py), the estimate (estimate.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.arrays import FloatArray
from ml.errors import NothingToLearnError
from ml.measurement.reach.estimate import curve, estimate, expected
from ml.measurement.reach.evidence import Evidence
from ml.measurement.reach.exact import FollowerLists, Union, pairs_of_lists, rarefied
from ml.measurement.reach.schema import BOUNDS, ESTIMATED, EXACT, SKETCHED

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
TOGETHER = 1_000
MOST_PAIRS = 1_000
Row = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """Accounts with a known audience.

    Attributes:
        accounts: their keys.
        sizes: people in each audience, > 0.
        seen: people of each who saw a piece; NaN: not known, left out of effective reach.
        listed: positions of those with a complete list.
    """

    accounts: tuple[str, ...]
    sizes: FloatArray
    seen: FloatArray
    listed: tuple[int, ...]

    @property
    def gross(self) -> float:
        """Sum of the audiences."""
        return float(self.sizes.sum())

    @property
    def seen_share(self) -> float | None:
        """Share of the audiences that saw a piece; None: not known of any."""
        return float(np.nansum(self.seen)) / self.gross if np.isfinite(self.seen).any() else None


def measure_group(group: Group, lists: FollowerLists, population: float | None, seed: int) -> tuple[Row, list[Row]]:
    """(columns of a row of reach, points of its curve).

    Args:
        population: people who could be reached at all; None: not known.
        seed: which pairs of lists are looked at where there are too many.
    """
    if len(group.listed) == len(group.accounts):
        return _exactly(group, lists)
    if len(group.accounts) == 1:
        row = _unique(group, Union(group.gross, group.gross, group.gross)) | _bounds(group.gross, group.gross)
        row |= {"basis": EXACT, "note": "one audience: all of it", "effective_unique": _effective(group, group.gross)}
        return row, [_point(group, 1, group.gross, group.gross, group.gross, EXACT)]
    listed, places = [group.accounts[place] for place in group.listed], np.array(group.listed, dtype=np.int64)
    pairs = pairs_of_lists(lists, listed, places, MOST_PAIRS, seed)
    try:
        if population is None:
            raise NothingToLearnError(
                "how many people could be reached at all is not known: state [reach] population, or deliver stores "
                "with area_population"
            )
        evidence = Evidence(group.sizes, population, pairs, lists.times(listed, places))
        found = estimate(evidence)
    except NothingToLearnError as error:
        top = group.gross if population is None or population < group.sizes.max() else min(group.gross, population)
        low = max(float(group.sizes.max()), lists.union(listed).low)
        return _bounds(low, top) | {"basis": BOUNDS, "pairs_count": pairs.count, "note": f"only bounds: {error}"}, []
    row = _unique(group, Union(found.people, found.low, found.high)) | _bounds(found.lowest, found.highest)
    row |= {"basis": ESTIMATED, "pairs_count": pairs.count}
    if not pairs.count:
        row["note"] = "nothing shows how these audiences overlap: ties are taken to be mutual"
    known = group.seen[group.seen > 0]
    if group.seen_share is not None and len(known):
        scale = expected(found.mixing, known, evidence.population) / expected(
            found.mixing, group.sizes, evidence.population
        )
        ends = {"effective_unique": found.people, "effective_low": found.low, "effective_high": found.high}
        row |= {name: min(min(scale, 1.0) * end, float(known.sum())) for name, end in ends.items()}
    numbers = sorted({step for step in STEPS if step <= max(TOGETHER, len(group.accounts))} | {len(group.accounts)})
    return row, [_point(group, *point, ESTIMATED) for point in curve(found, evidence, numbers)]


def _exactly(group: Group, lists: FollowerLists) -> tuple[Row, list[Row]]:
    """Every list is there."""
    count, union = len(group.accounts), lists.union(group.accounts)
    basis = EXACT if lists.is_exact else SKETCHED
    times = lists.times(group.accounts, np.arange(count, dtype=np.int64)).times
    seen = {"effective_unique": _effective(group, union.people, times if lists.is_exact else None)}
    row = _unique(group, union) | _bounds(float(group.sizes.max()), group.gross) | {"basis": basis} | seen
    if not lists.is_exact:
        return row, [_point(group, count, union.people, union.low, union.high, basis)]
    points: Iterable[tuple[int, float]] = rarefied(times, count, [*(step for step in STEPS if step < count), count])
    return row, [_point(group, number, people, people, people, basis) for number, people in points]


def _effective(group: Group, people: float, times: FloatArray | None = None) -> float | None:
    """Of the people reached, who saw a piece: somebody in j audiences misses it in all with (1 - share)^j."""
    share = group.seen_share
    if share is None:
        return None
    if times is None:
        return float(people * (1 - (1 - share) ** (group.gross / people)))
    return float((times * (1 - (1 - share) ** np.arange(len(times)))).sum())


def _bounds(low: float, high: float) -> Row:
    return {"bound_low": low, "bound_high": high}


def _unique(group: Group, union: Union) -> Row:
    return {
        "unique_reach": union.people,
        "unique_low": union.low,
        "unique_high": union.high,
        "overlap": group.gross / union.people - 1,
    }


def _point(group: Group, number: int, people: float, low: float, high: float, basis: str) -> Row:
    count = len(group.accounts)
    return {
        "ambassadors_count": number,
        "gross_reach": group.gross * number / count,
        "unique_reach": people,
        "unique_low": low,
        "unique_high": high,
        "is_beyond": number > count,
        "basis": basis,
    }
