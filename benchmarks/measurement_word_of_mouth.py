"""Offline reach in simulated campaigns: how often 90 % ranges hold the truth, bias, and the survey size asked for.

1,000 members tell negative-binomially (mean 6, k0), 300 of them are asked; hearers relay with probability R / 2.96 to
NB(2.96, k = 1) people (fan-out of Iribarren and Moro 2009), 400 are asked. The estimator knows none of it, and its
own model of hearers (tell or not, then at least one) is another one. Two truths: what this campaign reached, drawn
person by person, and what such campaigns reach on average.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.figures import Figure
from ml.arrays import FloatArray, IntArray
from ml.measurement.word_of_mouth.chain import Answers, interval, reach_of
from ml.measurement.word_of_mouth.people import seen_twice
from ml.measurement.word_of_mouth.size import survey_size

COVERAGE = (0.86, 0.94)
BIAS = 0.03
GRID = [(k0, ratio) for k0 in (0.3, 0.8, 3.0) for ratio in (0.1, 0.26, 0.5)]
# The estimator was settled on other seeds.
SEED = 20_260
FAN_OUT, OF_FAN_OUT = 2.96, 1.0
FEWEST_RELAYS = 3


@dataclass(frozen=True)
class Setting:
    """One kind of campaign and survey."""

    dispersion: float
    ratio: float
    members: int = 1_000
    asked: int = 300
    hearers: int = 400
    told: float = 6.0

    @property
    def relay(self) -> float:
        return self.ratio / FAN_OUT

    @property
    def expected(self) -> float:
        return self.members * self.told / (1 - self.ratio)

    @property
    def relay_variance(self) -> float:
        """Of the people told by a hearer."""
        return self.relay * (FAN_OUT + FAN_OUT**2 * (1 + 1 / OF_FAN_OUT)) - self.ratio**2


def figures(quick: bool) -> Iterator[Figure]:
    """Named bars first, then the parts behind them."""
    draws = 60 if quick else 1_500
    found = {cell: simulate(Setting(*cell), draws, SEED + number) for number, cell in enumerate(GRID)}
    held = np.array([[one["holds"].mean(), one["holds_average"].mean()] for one in found.values()])
    yield Figure("wom_coverage_min", float(held.min()), low=COVERAGE[0])
    yield Figure("wom_coverage_max", float(held.max()), high=COVERAGE[1])
    bias = np.array([one["error"].mean() for one in found.values()])
    yield Figure("wom_bias_largest", float(bias[np.abs(bias).argmax()]), -BIAS, BIAS)
    yield Figure("wom_refused_share", 1 - sum(len(one["holds"]) for one in found.values()) / (draws * len(GRID)))
    for (k0, ratio), one in found.items():
        label = f"k{k0:g}_r{ratio:g}"
        yield Figure(f"wom_coverage_{label}", float(one["holds"].mean()), *COVERAGE)
        yield Figure(f"wom_coverage_average_{label}", float(one["holds_average"].mean()), *COVERAGE)
        yield Figure(f"wom_bias_{label}", float(one["error"].mean()), -BIAS, BIAS)
    yield from _sizes(20 if quick else 300)
    yield from _two_surveys(200 if quick else 4_000)


def simulate(setting: Setting, draws: int, seed: int) -> dict[str, FloatArray]:
    """holds: this campaign's reach in its range; holds_average: the average's in its; error: relative; half_width."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(draws):
        told = _counts(rng, setting.told, setting.dispersion, setting.members)
        reached = _reached(rng, setting, int(told.sum()))
        relays = rng.random(setting.hearers) < setting.relay
        relayed = np.where(relays, _counts(rng, FAN_OUT, OF_FAN_OUT, setting.hearers), 0)
        if (relayed > 0).sum() < FEWEST_RELAYS:
            continue
        reach = reach_of(Answers(told[: setting.asked], relayed, setting.members), rng, 2_000)
        assert reach.total is not None and reach.expected is not None and reach.total_value is not None
        own, average = (interval(one, reach.total_value, 0.9) for one in (reach.total, reach.expected))
        rows.append(
            (
                own.low <= reached <= own.high,
                average.low <= setting.expected <= average.high,
                reach.total_value / setting.expected - 1,
                (average.high - average.low) / 2 / setting.expected,
            )
        )
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return dict(zip(("holds", "holds_average", "error", "half_width"), table.T, strict=True))


def _sizes(draws: int) -> Iterator[Figure]:
    """Half-width of the range where as many are asked as survey_size says: .15 is what it promises."""
    for k0, ratio in GRID[1::3]:
        base = Setting(k0, ratio, members=20_000)
        size = survey_size(base.told, k0, ratio, base.relay_variance)
        asked = Setting(k0, ratio, 20_000, size.members_count, size.hearers_count)
        half = simulate(asked, draws, SEED + 100)["half_width"]
        yield Figure(f"wom_half_width_at_size_k{k0:g}_r{ratio:g}", float(np.median(half)), 0.13, 0.17)


def _two_surveys(draws: int) -> Iterator[Figure]:
    """Chapman's interval of 2,000 people in two surveys of about 300 and 250."""
    rng = np.random.default_rng(SEED + 200)
    first, second = rng.binomial(2_000, 0.15, draws), rng.binomial(2_000, 0.125, draws)
    both = rng.hypergeometric(first, 2_000 - first, second)
    found = [seen_twice(int(a), int(b), int(m)) for a, b, m in zip(first, second, both, strict=True)]
    yield Figure("wom_two_surveys_coverage", float(np.mean([one.low <= 2_000 <= one.high for one in found])), *COVERAGE)
    yield Figure("wom_two_surveys_bias", float(np.mean([one.value / 2_000 - 1 for one in found])), -BIAS, BIAS)


def _counts(rng: np.random.Generator, mean: float, dispersion: float, size: int) -> IntArray:
    return rng.negative_binomial(dispersion, dispersion / (dispersion + mean), size).astype(np.int64)


def _reached(rng: np.random.Generator, setting: Setting, first: int) -> int:
    """Everybody told, generation by generation, until nobody tells on."""
    total = current = first
    while current:
        tellers = rng.binomial(current, setting.relay)
        current = (
            int(rng.negative_binomial(OF_FAN_OUT * tellers, OF_FAN_OUT / (OF_FAN_OUT + FAN_OUT))) if tellers else 0
        )
        total += current
    return total
