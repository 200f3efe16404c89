"""The recruitment and sampling plan: whom to invite next, for which product, and what that is worth.

From frames to arrays and back: options of everybody who may be planned, limits, the draw of the exploration share, the
search, its bound and prices, and what ranking by score or by followers would be worth under the same limits.

Belongs here: this order. Does not: who may be planned (eligible.py), the search (greedy.py), files (orchestration).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from ml.arrays import BoolArray, FloatArray, IntArray
from ml.errors import NothingToLearnError
from ml.planning.bound import Bound, bound
from ml.planning.coverage import Coverage
from ml.planning.eligible import REASONS, drawn_by_lot, judged, options_frame
from ml.planning.evidence import Known, known_audiences
from ml.planning.greedy import choose
from ml.planning.options import Limits, Options, Room
from ml.planning.request import FAIR_BY, PlanRequest
from ml.planning.told import UNKNOWN_AREA, Plan, prices_frame, rows_frame, summary_of

# Of the differences between people's own purchases so much is believed: they are learned from effects that few
# campaigns can tell apart. On development worlds a predicted difference of 1 was a true one of .3 to .5; believing all
# of it moved plans to people who buy and away from people who tell, at 2 to 4 % of the true value.
OWN_BELIEVED = 0.4


@dataclass(frozen=True)
class Audience:
    """What is known of audiences, for known_audiences.

    Attributes:
        followers: consumer_key, follower_key of complete lists.
        area_people: inhabitants by area.
        market: people who could be reached; None: not stated.
    """

    followers: pl.DataFrame
    area_people: Mapping[str, float]
    market: float | None = None


def recruitment_plan(people: pl.DataFrame, request: PlanRequest, audience: Audience) -> Plan:
    """Whom to invite next under the limits.

    Args:
        people: one row a person who may be listed: consumer_key, consent_contact, standing_holdout, last_invited_on,
            area_id, had_product_ids, tier, followers_count, expected_value_minor and expected_through_others_minor
            (NULL: insufficient data), low_factor and high_factor (of the part through others; NULL: no range).

    Raises:
        NothingToLearnError: nobody may be planned.
    """
    found = judged(people.sort("consumer_key"), request)
    left_out = {reason: found.filter(left_out=reason).height for reason in REASONS}
    eligible = found.filter(pl.col("left_out").is_null()).drop("left_out")
    if eligible.is_empty():
        told = ", ".join(f"{count} {reason}" for reason, count in left_out.items() if count)
        raise NothingToLearnError(f"nobody may be planned: {told or 'no person may be listed'}")
    known = known_audiences(
        eligible.select("consumer_key", "area_id", "followers_count", "expected_through_others_minor"),
        audience.followers,
        audience.area_people,
        audience.market,
    )
    table = options_frame(eligible, request)
    options, is_scored = _options(table, eligible, known)
    limits = _limits(table, request)
    explored = _explored(table, options, limits, request)
    coverage = Coverage(options, known.audiences)
    taken = np.isin(options.person, options.person[explored])
    allowed = np.flatnonzero(is_scored & ~taken)
    rivals = {
        name: _ranked(coverage, limits, explored, allowed, order)
        for name, order in {
            "score": options.alone,
            "score_per_cost": options.alone / options.cost,
            "followers": table["followers_count"].fill_null(-1).to_numpy().astype(np.float64),
        }.items()
    }
    # Started from the best ranking too: the plan is never worth less than any of them.
    best = max(rivals.values(), key=coverage.value)
    starts = [[option for option in best if option not in set(explored)]]
    chosen = choose(coverage, limits, fixed=explored, starts=starts, allowed=allowed)
    ceiling = _bound(coverage, limits, explored, chosen, np.flatnonzero(~is_scored | taken))
    rows = rows_frame(table, coverage, chosen, explored, is_scored)
    summary = summary_of(rows, coverage, chosen, ceiling, rivals) | {"budget_minor": request.budget_minor}
    unscored = eligible["expected_value_minor"].null_count()
    notes = [*known.notes]
    if unscored:
        notes.append(f"{unscored} people have no score (insufficient data): they can only be drawn by lot")
    return Plan(rows, prices_frame(limits, options, chosen, ceiling), summary, left_out, tuple(notes))


def _options(table: pl.DataFrame, eligible: pl.DataFrame, known: Known) -> tuple[Options, BoolArray]:
    """(options, whether each has a score)."""
    number = {key: place for place, key in enumerate(eligible["consumer_key"])}
    person = np.array([number[key] for key in table["consumer_key"]], dtype=np.int64)
    factor = table["factor"].to_numpy()
    is_scored = table["expected_value_minor"].is_not_null().to_numpy()
    whole = table["expected_value_minor"].fill_null(0).cast(pl.Float64).to_numpy()
    others = table["expected_through_others_minor"].fill_null(0).cast(pl.Float64).to_numpy()
    own = whole - others
    usual = float(own[is_scored].mean()) if is_scored.any() else 0.0
    own = np.where(is_scored, usual + OWN_BELIEVED * (own - usual), 0.0)
    return (
        Options(
            person,
            table["cost_minor"].cast(pl.Float64).to_numpy(),
            own * factor,
            np.maximum(others, 0.0) * factor,
            known.size[person],
            known.pool[person],
            known.listed[person],
        ),
        np.asarray(is_scored, dtype=np.bool_),
    )


def _limits(table: pl.DataFrame, request: PlanRequest) -> Limits:
    """Budget, stock of every product, stock by area, and what fair shares leave to the others."""
    cost = table["cost_minor"].cast(pl.Float64).to_numpy()
    product, area = table["product_id"].to_numpy(), table["area_id"].fill_null(UNKNOWN_AREA).to_numpy()
    rows: list[tuple[str, FloatArray, float]] = [("budget", cost, float(request.budget_minor))]
    for one in request.products:
        own = product == one.product_id
        if one.stock is not None:
            rows.append((f"stock of {one.product_id}", own.astype(np.float64), float(one.stock)))
        for place, count in sorted((one.stock_by_area or {}).items()):
            here = own & (area == place)
            if here.any():
                rows.append((f"stock of {one.product_id} in {place}", here.astype(np.float64), float(count)))
    for fair in request.fair:
        others = table[FAIR_BY[fair.by]].fill_null(UNKNOWN_AREA).to_numpy() != fair.group
        kept = (1 - fair.least) * request.budget_minor
        rows.append((f"spent outside {fair.by} {fair.group}", np.where(others, cost, 0.0), kept))
    uses = sparse.csr_array(sparse.vstack([sparse.csr_array(amounts[None, :]) for _, amounts, _ in rows]))
    return Limits(uses, np.array([top for _, _, top in rows]), tuple(name for name, _, _ in rows))


def _explored(table: pl.DataFrame, options: Options, limits: Limits, request: PlanRequest) -> list[int]:
    """Options drawn by lot for the exploration share of the budget, each person at most once."""
    most = request.exploration_share * request.budget_minor
    room, spent, explored = Room(options, limits), 0.0, []
    dearest = float(options.cost.max())
    for option in drawn_by_lot(table, request):
        # Stops before the first that could not be afforded whatever its product: the draw does not look at costs.
        if spent + dearest > most + 1e-9:
            break
        if room.fits(option):
            room.take(option)
            spent += float(options.cost[option])
            explored.append(option)
    return explored


def _bound(coverage: Coverage, limits: Limits, explored: list[int], chosen: list[int], never: IntArray) -> Bound:
    """Over the same options: those that may not be chosen use more than there is."""
    closed = np.setdiff1d(never, np.array(explored, dtype=np.int64))
    barred = np.zeros((1, coverage.options.count))
    barred[0, closed] = 1.0
    wide = Limits(
        sparse.csr_array(sparse.vstack([limits.uses, sparse.csr_array(barred)])),
        np.append(limits.capacity, 0.0),
        (*limits.names, "not planned by value"),
    )
    return bound(coverage, wide, fixed=explored, plan=chosen)


def _ranked(coverage: Coverage, limits: Limits, explored: list[int], allowed: IntArray, order: FloatArray) -> list[int]:
    """The same limits filled from the top of a ranking that knows of no overlap; of a person the dearest in value."""
    room = Room(coverage.options, limits)
    plan = list(explored)
    for option in explored:
        room.take(option)
    for option in allowed[np.lexsort((allowed, -coverage.options.alone[allowed], -order[allowed]))].tolist():
        if room.fits(option):
            room.take(option)
            plan.append(option)
    return plan
