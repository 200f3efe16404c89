"""Effect of reviews: bias and coverage of a draw of products, the jump's false alarms and power, half a million rows.

A part of benchmarks/measurement.py. Pages in demand get more reviews, so histories are biased: printed beside the draw
as what a brand without a draw would believe. The simulations the estimators were developed on used seeds below 100,000.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.figures import Figure
from benchmarks.review_panels import AT_50, CAMPAIGN, World, draw, early
from ml.errors import NothingToLearnError
from ml.measurement.review_effect.campaigns import draw_of
from ml.measurement.review_effect.measure import STEP_LEVEL, STEP_STATED
from ml.measurement.review_effect.observed import holm, observed_effect
from ml.measurement.review_effect.seeded import seeded_effect

SEEDS, QUICK_SEEDS = 500, 6
FIRST_SEED = 1_000_000
LEVEL = 0.9
STEP = 0.15
ROWS = 520_000
# Each is harder than the first in one way: fewer products, demand that stays, a draw that few orders judge, a curve
# that is not linear in log1p(reviews).
HARDER = {
    "few": World(products=100),
    "lasting": World(shock=0.3, memory=0.97),
    "sparse": World(views=60.0),
    "early": World(curve=early),
}


@dataclass(frozen=True)
class Found:
    """One seed: effects at 50 reviews of the draw and of the histories, and what was said of jumps."""

    drawn: float
    drawn_holds: bool
    check_holds: bool
    history: float
    history_holds: bool
    later_holds: bool
    step_called: bool
    any_step_called: bool


def figures(quick: bool) -> Iterator[Figure]:
    """Every figure in the order it is measured."""
    seeds = QUICK_SEEDS if quick else SEEDS
    for figure in _bars(seeds):
        yield Figure(figure.name, figure.value) if quick else figure
    for name, world in HARDER.items():
        found = _run(world, seeds // 5 or 1, FIRST_SEED)
        yield Figure(f"review_effect_bias_{name}_points", _bias(found))
        yield Figure(f"review_effect_coverage_{name}", _share(one.drawn_holds for one in found))
        yield Figure(f"step_false_alarm_{name}", _share(one.step_called for one in found))
    yield from _speed()


def _bars(seeds: int) -> Iterator[Figure]:
    world = World()
    found = _run(world, seeds, FIRST_SEED)
    yield Figure("review_effect_bias", _bias(found), -3.0, 3.0)
    yield Figure("review_effect_coverage", _share(one.drawn_holds for one in found), 0.86, 0.94)
    yield Figure("step_false_alarm", _share(one.step_called for one in found), high=0.10)
    stepped = _run(replace(world, step=STEP), seeds, FIRST_SEED + SEEDS)
    yield Figure("step_power", _share(one.step_called for one in stepped), 0.8)
    yield Figure("review_effect_error_points", 100 * float(np.std([one.drawn for one in found])))
    yield Figure("review_effect_check_passed", _share(one.check_holds for one in found))
    yield Figure("step_false_alarm_at_any_number", _share(one.any_step_called for one in found))
    yield Figure("page_history_bias_points", 100 * (float(np.mean([one.history for one in found])) - AT_50))
    yield Figure("page_history_coverage", _share(one.history_holds for one in found))
    yield Figure("page_history_check_passed", _share(one.later_holds for one in found))


def _run(world: World, seeds: int, first: int) -> list[Found]:
    return [_one(world, first + number) for number in range(seeds)]


def _one(world: World, seed: int) -> Found:
    drawn = draw(world, seed)
    history = observed_effect(drawn.panel, LEVEL)
    middle, low, high = (float(end[0]) for end in history.between(np.zeros(1), np.array([50.0]), LEVEL))
    called = holm(history.steps, STEP_STATED)
    true = float(np.log1p(AT_50))
    try:
        found = seeded_effect(
            draw_of(drawn.panel, drawn.members, [CAMPAIGN]).rows,
            LEVEL,
            history.rating or 0.0,
            history.rating_error or 0.0,
        )
        draws = (
            float(np.expm1(found.log_effect)),
            found.log_low <= true <= found.log_high,
            found.before_low <= 0 <= found.before_high,
        )
    except NothingToLearnError:  # a refusal holds nothing
        draws = (float("nan"), False, False)
    later = history.next_low is None or history.next_high is None or history.next_low <= 0 <= history.next_high
    return Found(
        *draws,
        history=float(np.expm1(middle)),
        history_holds=low <= true <= high,
        later_holds=later,
        step_called=called.get(STEP_STATED, 1.0) <= STEP_LEVEL,
        any_step_called=min(called.values(), default=1.0) <= STEP_LEVEL,
    )


def _speed() -> Iterator[Figure]:
    """The page histories of 5,000 pages over 104 weeks: curve, check and five jumps; and the draw among them."""
    drawn = draw(World(products=5_000), FIRST_SEED)
    yield Figure("review_effect_rows", float(drawn.panel.height), 0.99 * ROWS)
    began, cpu = time.perf_counter(), time.process_time()
    history = observed_effect(drawn.panel, LEVEL)
    seeded_effect(draw_of(drawn.panel, drawn.members, [CAMPAIGN]).rows, LEVEL, history.rating or 0.0)
    yield Figure("review_effect_520k_seconds", time.perf_counter() - began)
    yield Figure("review_effect_520k_cpu_seconds", time.process_time() - cpu, high=4.0)


def _bias(found: list[Found]) -> float:
    """In points; a refused seed is left out of the mean and held against coverage."""
    return 100 * (float(np.nanmean([one.drawn for one in found])) - AT_50)


def _share(flags: Iterator[bool]) -> float:
    return float(np.mean(list(flags)))
