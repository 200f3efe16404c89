"""What a plan truly causes in a demo world, people reached by several of the invited counted once.

By the world's truth (orchestration/demo/truth.py, effects.py): a member causes purchases of their own, among their
friends (each alike) and among strangers who follow them. A friend whom several of the invited reach counts once, at
the most convincing of them; so does a stranger: the world's follower lists draw them from 4,000 neighbours of an area
and platform (orchestration/demo/accounts.py), and the expected largest of those who reach each is summed.

Belongs here: this sum. Does not: plans (marketing_plan.py). No run of the pipeline reads the truth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse

from ml.arrays import FloatArray, IntArray

NEIGHBOURS = 4_000


@dataclass(frozen=True)
class Truth:
    """Arrays by consumer of the world; number: pseudonym → position. friends: who is a friend of whom."""

    number: Mapping[str, int]
    own: FloatArray
    through_friends: FloatArray
    through_strangers: FloatArray
    followers: FloatArray
    crowd: IntArray  # area and platform of the followers
    friends: Any

    @classmethod
    def of(
        cls, truth: Mapping[str, pl.DataFrame], keys: Mapping[str, str], home: Mapping[str, str | None], campaign: str
    ) -> Truth:
        """From the truth's frames; keys: consumer_ref → pseudonym, home: consumer_ref → area."""
        effects = truth["consumer_effects"].filter(campaign_id=campaign).sort("consumer_ref")
        refs = effects["consumer_ref"].to_list()
        place = {ref: number for number, ref in enumerate(refs)}
        edges = truth["graph_edges"]
        a, b = (edges[name].replace_strict(place, return_dtype=pl.Int64).to_numpy() for name in edges.columns)
        ties = np.ones(2 * len(a)), (np.concatenate([a, b]), np.concatenate([b, a]))
        owners = (
            truth["account_owners"].drop_nulls("consumer_ref").unique("consumer_ref", keep="first", maintain_order=True)
        )
        platform = dict(owners.select("consumer_ref", "platform").iter_rows())
        traits = truth["consumer_traits"].sort("consumer_ref")
        crowds = pl.Series([f"{home.get(ref)}|{platform.get(ref)}" for ref in refs]).rank("dense")
        return cls(
            {keys[ref]: number for ref, number in place.items()},
            effects["spend_uplift_minor"].to_numpy(),
            effects["through_friends_minor"].to_numpy(),
            effects["through_audience_minor"].to_numpy(),
            traits["followers_count"].fill_null(0).cast(pl.Float64).to_numpy(),
            crowds.cast(pl.Int64).to_numpy(),
            sparse.csr_array(ties, shape=(len(refs), len(refs))),
        )

    @property
    def degree(self) -> FloatArray:
        return np.asarray(np.diff(self.friends.indptr), dtype=np.float64)

    def positions(self, keys: Sequence[str]) -> IntArray:
        return np.array([self.number[key] for key in keys], dtype=np.int64)

    def value(self, keys: Sequence[str], *, counted_once: bool = True) -> float:
        """Minor units that inviting these people causes; counted_once False: every contact counts."""
        chosen = self.positions(keys)
        if not counted_once:
            return float((self.own + self.through_friends + self.through_strangers)[chosen].sum())
        return float(self.own[chosen].sum()) + self._among_friends(chosen) + self._among_strangers(chosen)

    def _among_friends(self, chosen: IntArray) -> float:
        per_friend = self.through_friends / np.maximum(self.degree, 1)
        best = np.zeros(len(per_friend))
        for one in chosen.tolist():
            friends = self.friends.indices[self.friends.indptr[one] : self.friends.indptr[one + 1]]
            best[friends] = np.maximum(best[friends], per_friend[one])
        return float(best.sum())

    def _among_strangers(self, chosen: IntArray) -> float:
        reached = 1 - (1 - 1 / NEIGHBOURS) ** np.maximum(self.followers - self.degree, 0)
        total = 0.0
        for crowd in np.unique(self.crowd[chosen]).tolist():
            own = chosen[self.crowd[chosen] == crowd]
            alone = own[reached[own] <= 0]  # strangers who read along without following
            total += float(self.through_strangers[alone].sum())
            own = own[reached[own] > 0]
            each = self.through_strangers[own] / (NEIGHBOURS * reached[own])
            order = np.argsort(-each, kind="stable")
            missed = np.concatenate([[1.0], np.cumprod(1 - reached[own][order])[:-1]])[: len(own)]
            total += float(NEIGHBOURS * (each[order] * reached[own][order] * missed).sum())
        return total
