"""Friendship graphs for measurement_reach.py: the demo world's, one from a file, and made ones of other structures.

Belongs here: graphs, draws of ambassadors from them, what a draw lets an estimator know. Does not: bars
(measurement_reach.py).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from ml.arrays import IntArray
from ml.measurement.reach.evidence import Evidence, Lists, Pairs
from orchestration.demo.parameter_files import SHIPPED, load_parameters
from orchestration.demo.world import build_world

PAIRS, LISTED_SHARE = 200, 0.25
Rng = np.random.Generator


@dataclass(frozen=True)
class Trial:
    """A drawn group: the truth, and what an estimator may know with and without lists."""

    truth: int
    without_lists: Evidence
    with_lists: Evidence


def graph_of(first: IntArray, second: IntArray, people: int) -> sparse.csr_array:
    """Mutual ties as a matrix: each tie once whatever its direction and number, nobody without a tie."""
    apart = first != second
    rows, columns = np.r_[first[apart], second[apart]], np.r_[second[apart], first[apart]]
    graph = sparse.coo_array((np.ones(len(rows), np.int64), (rows, columns)), shape=(people, people)).tocsr()
    tied = np.flatnonzero(np.diff(graph.indptr))
    return sparse.csr_array(graph[tied][:, tied])


def read_graph(path: Path) -> sparse.csr_array:
    """An edge list, one tie a line: two ids, between them blanks, a tab, comma or semicolon; # starts a comment.

    Further columns are not read; a first line that holds names where the second holds numbers is a header.
    """
    bytes_read = path.read_bytes()
    text = (gzip.decompress(bytes_read) if path.suffix == ".gz" else bytes_read).decode("utf-8")
    cells = (
        re.split(r"[\s,;]+", line.strip())[:2] for line in text.splitlines() if line.strip() and line[0] not in "#%"
    )
    ties = [cell for cell in cells if len(cell) == 2]
    if len(ties) > 1 and not ties[0][0].isdigit() and ties[1][0].isdigit():
        ties = ties[1:]
    ids, codes = np.unique(np.array(ties).ravel(), return_inverse=True)
    pairs = codes.reshape(-1, 2).astype(np.int64)
    return graph_of(pairs[:, 0], pairs[:, 1], len(ids))


def demo_graph(seed: int) -> sparse.csr_array:
    """Friendships of the demo world with this seed."""
    truth = build_world(load_parameters(SHIPPED / "default.toml", seed=seed)).truth["graph_edges"]
    ids, codes = np.unique(truth.to_numpy().ravel(), return_inverse=True)
    pairs = codes.reshape(-1, 2).astype(np.int64)
    return graph_of(pairs[:, 0], pairs[:, 1], len(ids))


def drawn(graph: sparse.csr_array, count: int, rng: Rng) -> Trial:
    """`count` people drawn by chance, `PAIRS` of their pairs (all where there are fewer), a quarter of their lists."""
    people = graph.shape[0]
    lists = [graph.indices[graph.indptr[one] : graph.indptr[one + 1]] for one in rng.choice(people, count, False)]
    sizes = np.array([len(one) for one in lists], dtype=np.float64)
    every = np.triu_indices(count, 1)
    chosen = rng.choice(len(every[0]), min(PAIRS, len(every[0])), replace=False)
    first, second = (side[chosen].astype(np.int64) for side in every)
    common = [len(np.intersect1d(lists[one], lists[other], True)) for one, other in zip(first, second, strict=True)]
    pairs = Pairs(first, second, np.array(common, dtype=np.float64))
    listed = np.sort(rng.choice(count, max(2, round(LISTED_SHARE * count)), replace=False)).astype(np.int64)
    known = Lists.counted(listed, [lists[place].astype(np.int64) for place in listed])
    truth = len(np.unique(np.concatenate(lists)))
    return Trial(truth, Evidence(sizes, people, pairs), Evidence(sizes, people, pairs, known))


def power_law(rng: Rng, people: int = 6000, mean: int = 20, exponent: float = 2.5) -> sparse.csr_array:
    """Ties by chance between people whose sociability follows a power law; no communities."""
    fame = np.minimum((1 - rng.random(people)) ** (-1 / (exponent - 1)), 2 * people**0.5)
    ends = rng.choice(people, (2, people * mean // 2), p=fame / fame.sum())
    return graph_of(ends[0], ends[1], people)


def communities(
    rng: Rng, people: int = 5000, mean: int = 40, mixing: float = 0.15, sizes: tuple[int, int] = (20, 600)
) -> sparse.csr_array:
    """Communities of very different size; a share `mixing` of the ties leads out of them."""
    lengths: list[int] = []
    while sum(lengths) < people:
        lengths.append(int(min(sizes[0] * (1 - rng.random()) ** -1.25, sizes[1])))
    group = np.repeat(np.arange(len(lengths)), lengths)[:people]
    fame = np.minimum((1 - rng.random(people)) ** (-1 / 1.6), 20.0)
    odds = fame / fame.sum()
    ties = people * mean // 2
    first, second = rng.choice(people, ties, p=odds), rng.choice(people, ties, p=odds)
    sums = np.r_[0.0, np.cumsum(odds)]
    low = sums[np.searchsorted(group, group[first], side="left")]
    high = sums[np.searchsorted(group, group[first], side="right")]
    near = np.searchsorted(sums, low + rng.random(ties) * (high - low), side="right") - 1
    second = np.where(rng.random(ties) > mixing, np.minimum(near, people - 1), second)
    return graph_of(first, second, people)


def small_world(rng: Rng, people: int = 4000, mean: int = 20, rewired: float = 0.1) -> sparse.csr_array:
    """A ring of neighbours, a share of the ties rewired (Watts and Strogatz)."""
    half = mean // 2
    first = np.repeat(np.arange(people), half)
    near = (first + np.tile(np.arange(1, half + 1), people)) % people
    return graph_of(
        first, np.where(rng.random(len(first)) < rewired, rng.integers(0, people, len(first)), near), people
    )


def geometric(rng: Rng, people: int = 5000, mean: int = 30, towns: int = 0) -> sparse.csr_array:
    """Everybody knows those nearby; with towns most live in a few dense places."""
    place = rng.random((people, 2))
    if towns:
        centre = rng.random((towns, 2))[rng.choice(towns, people, p=rng.dirichlet(np.ones(towns)))]
        place = np.where(rng.random((people, 1)) < 0.3, place, centre + rng.normal(0, 0.04, (people, 2)))
    tree = cKDTree(place)
    reach = float(np.median(tree.query(place[:500], k=mean + 1)[0][:, -1]))
    ties = tree.query_pairs(reach, output_type="ndarray")
    kept = rng.choice(len(ties), min(len(ties), 2 * mean * people), replace=False)
    return graph_of(ties[kept, 0], ties[kept, 1], people)


def circles(
    rng: Rng, people: int = 4500, centres: int = 10, density: tuple[float, float] = (0.02, 0.3)
) -> sparse.csr_array:
    """The joined circles of a few very well known people, each circle made of dense groups of friends."""
    parts: list[IntArray] = []
    base = 0
    for size in np.maximum(40, rng.dirichlet(np.full(centres, 1.5)) * people).astype(int).tolist():
        members = base + np.arange(size)
        groups = rng.choice(max(2, size // 60), size, p=rng.dirichlet(np.full(max(2, size // 60), 0.7)))
        active = rng.gamma(1.2, 1, size)
        parts.append(np.stack([np.full(size - 1, members[0]), members[1:]]))
        parts.append(rng.choice(members, (2, 3 * size), p=active / active.sum()))
        for group in np.unique(groups):
            inside = groups == group
            count = int(inside.sum())
            ties = int(rng.uniform(*density) * count**2 / 2)
            parts.append(rng.choice(members[inside], (2, ties), p=active[inside] / active[inside].sum()))
        base += size
    parts.append(rng.integers(0, base, (2, int(0.3 * base))))
    ends = np.concatenate(parts, axis=1)
    return graph_of(ends[0], ends[1], base)


def affiliations(rng: Rng, people: int = 6000, each: int = 3) -> sparse.csr_array:
    """Everybody belongs to a few groups of very different size and knows many there (families, teams, schools)."""
    parts, left = [], people * each
    while left > 0:
        size = int(min(6 * (1 - rng.random()) ** (-1 / 1.2), 400))
        left -= size
        members = rng.choice(people, size, replace=False)
        ends = np.stack(np.triu_indices(size, 1))
        parts.append(members[ends[:, rng.random(ends.shape[1]) < min(1.0, 25 / size)]])
    ends = np.concatenate(parts, axis=1)
    return graph_of(ends[0], ends[1], people)


def one_way(rng: Rng, people: int = 6000, each: int = 25) -> sparse.csr_array:
    """Follows that are not returned: rows are accounts of very different fame, columns those who follow, all alike."""
    fame = np.minimum((1 - rng.random(people)) ** (-1 / 1.3), 200.0)
    ends = rng.choice(people, people * each, p=fame / fame.sum()), rng.integers(0, people, people * each)
    accounts, followers = np.r_[ends[0], np.arange(people)], np.r_[ends[1], rng.integers(0, people, people)]
    follows = sparse.coo_array((np.ones(len(accounts), np.int64), (accounts, followers)), shape=(people, people))
    return sparse.csr_array(follows.tocsr())


# The interval's constants were fixed on all of these but the last, whose ties are not mutual.
MADE: dict[str, Callable[[Rng], sparse.csr_array]] = {
    "power_law": power_law,
    "steep_power_law": lambda rng: power_law(rng, 8000, 40, 2.2),
    "communities": communities,
    "large_communities": lambda rng: communities(rng, 8000, 20, 0.3, (20, 1500)),
    "small_world": small_world,
    "geometric": geometric,
    "towns": lambda rng: geometric(rng, towns=25),
    "circles": circles,
    "dense_circles": lambda rng: circles(rng, 4000, 10, (0.2, 0.7)),
    "many_circles": lambda rng: circles(rng, 7000, 25, (0.05, 0.5)),
    "affiliations": affiliations,
    "one_way": one_way,
}
