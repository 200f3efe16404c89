"""What is told of a plan: its invitations, its limits with their prices, its figures.

Belongs here: arrays back to frames. Does not: how the plan was chosen (recruitment.py), files (orchestration).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ml.arrays import BoolArray
from ml.planning.bound import Bound
from ml.planning.coverage import Chosen, Coverage
from ml.planning.options import Limits, Options

EXPLORATION, VALUE = "by lot, to learn", "by value"
SCORED, NOT_SCORED = "scored", "insufficient data"
UNKNOWN_AREA = "unknown"


@dataclass(frozen=True)
class Plan:
    """A plan with everything said about it.

    Attributes:
        rows: one row per invitation: rows_frame.
        limits: one row per limit: prices_frame.
        summary: figures by name, money in minor units.
        left_out: reason → people who may not be planned.
        notes: sentences for whoever reads the plan.
    """

    rows: pl.DataFrame
    limits: pl.DataFrame
    summary: dict[str, Any]
    left_out: dict[str, int]
    notes: tuple[str, ...]


def rows_frame(
    table: pl.DataFrame, coverage: Coverage, chosen: Sequence[int], explored: Sequence[int], is_scored: BoolArray
) -> pl.DataFrame:
    """Invitations: those by value in the order of what they add per cost, then those by lot.

    Columns added to the person's and product's: place, chosen, draw_probability (NULL: by value), status, alone (value
    if nobody else were invited), adds (beyond everybody chosen before), adds_low, adds_high, shared (alone less adds);
    values are NULL where there is no score.
    """
    state, cost, lots = Chosen(coverage), coverage.options.cost, frozenset(explored)
    order = np.array([*explored, *(option for option in chosen if option not in lots)], dtype=np.int64)
    adds = np.zeros(coverage.options.count)
    for option in order.tolist():
        adds[option] = state.gains(np.array([option]))[0]
        state.add(option)
    by_lot = np.isin(order, list(lots))
    order = order[np.lexsort((order, -adds[order] / cost[order], by_lot))]
    by_lot, alone, own = np.isin(order, list(lots)), coverage.options.alone[order], coverage.options.own[order]
    chance = _chances(table, explored)
    through_others = np.maximum(adds[order] - own, 0.0)
    known = pl.Series(is_scored[order], dtype=pl.Boolean)
    columns = ("consumer_key", "product_id", "area_id", "tier", "followers_count", "cost_minor")
    figures = {"alone": alone, "adds": adds[order], "shared": np.maximum(alone - adds[order], 0.0)}
    invited: pl.DataFrame = (
        table[order.tolist()]
        .select(*columns, "low_factor", "high_factor")
        .with_columns(
            pl.Series("through_others", through_others),
            pl.Series("is_scored", known),
            pl.Series("chosen", np.where(by_lot, EXPLORATION, VALUE).tolist(), dtype=pl.String),
            pl.Series("draw_probability", [chance.get(option) for option in order.tolist()], dtype=pl.Float64),
            *(pl.Series(name, values) for name, values in figures.items()),
            place=pl.int_range(1, len(order) + 1, dtype=pl.Int64),
        )
        .with_columns(
            *(
                (pl.col("adds") + (pl.col(f"{end}_factor") - 1) * pl.col("through_others")).alias(f"adds_{end}")
                for end in ("low", "high")
            ),
            status=pl.when("is_scored").then(pl.lit(SCORED)).otherwise(pl.lit(NOT_SCORED)),
        )
        .with_columns(
            pl.when("is_scored").then(name).alias(name)
            for name in (*figures, "adds_low", "adds_high", "through_others")
        )
        .drop("low_factor", "high_factor", "is_scored")
    )
    return invited


def _chances(table: pl.DataFrame, explored: Sequence[int]) -> dict[int, float]:
    """Chance that the lot drew a person, given how many it drew in their area: stock by area cuts it there."""
    areas = table.select("consumer_key", area=pl.col("area_id").fill_null(UNKNOWN_AREA))
    there = dict(areas.unique().group_by("area").len().iter_rows())
    drawn = areas[list(explored)].group_by("area").len()
    share = {area: count / there[area] for area, count in drawn.iter_rows()}
    return {option: share[area] for option, area in zip(explored, areas[list(explored)]["area"], strict=True)}


def summary_of(
    rows: pl.DataFrame, coverage: Coverage, chosen: Sequence[int], ceiling: Bound, rivals: Mapping[str, Sequence[int]]
) -> dict[str, Any]:
    """Figures of the plan; a range where the scores have one, which all people share: it does not average out."""
    value = coverage.value(chosen)
    width = {end: _known_sum(rows[f"adds_{end}"] - rows["adds"]) for end in ("low", "high")}
    return {
        "people": rows.height,
        "people_by_lot": rows.filter(chosen=EXPLORATION).height,
        "cost_minor": int(rows["cost_minor"].sum()),
        "value_minor": value,
        "value_low_minor": None if width["low"] is None else value + width["low"],
        "value_high_minor": None if width["high"] is None else value + width["high"],
        "bound_minor": ceiling.value,
        "share_of_bound": value / ceiling.value if ceiling.value > 0 else None,
        "value_if_nobody_overlapped_minor": float(coverage.options.alone[list(chosen)].sum()),
        "by_ranking_minor": {name: coverage.value(plan) for name, plan in rivals.items()},
    }


def _known_sum(values: pl.Series) -> float | None:
    return float(values.sum()) if values.null_count() < len(values) else None


def prices_frame(limits: Limits, options: Options, chosen: Sequence[int], ceiling: Bound) -> pl.DataFrame:
    """limit, capacity, used, price: minor units that one more unit (a minor unit, a sample) adds to the bound."""
    share = np.zeros(options.count)
    share[list(chosen)] = 1.0
    return pl.DataFrame(
        {
            "limit": list(limits.names),
            "capacity": limits.capacity,
            "used": limits.uses @ share,
            "price": ceiling.prices[: len(limits.names)],
        }
    )
