"""Comparisons of chosen people in worlds with a known effect: error and coverage of three weightings, balance, bounds.

Run by hand: `python -m benchmarks.observational [--quick]`. People are chosen by what they are, with a separation of
about .85, and in other worlds by something hidden too. Compared: everybody with a chance between .05 and .95 counted
alike, the same with overlap weights, and overlap weights on everybody (as is done): bias, error, how often the 90 %
interval holds the truth, the largest difference that stays; then how often the bound for the true hidden cause holds,
and how often fair and broken draws are called unfair.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, write
from ml.arrays import BoolArray, FloatArray
from ml.measurement.estimators import aipw, compared
from ml.observational.balance import balance_table, imbalance_p
from ml.observational.overlap import inside, overlap_weights
from ml.observational.propensity import propensity_scores
from ml.observational.sensitivity import largest_shift

RESULTS = Path(__file__).parent / "results" / "observational.json"
PEOPLE, FEATURES = 2_400, 12
# Names of real features: tables and bounds ask for them.
NAMES = ("net_spend_90d_minor",) * FEATURES
WAYS = ("inside, counted alike", "inside, overlap weights", "everybody, overlap weights")


@dataclass(frozen=True)
class World:
    """People with a known effect of being chosen; `hidden` is what nobody measured."""

    X: FloatArray
    treatment: FloatArray
    y: FloatArray
    effect: FloatArray
    chance: FloatArray
    hidden: FloatArray


def world(seed: int, *, hidden: float = 0.0) -> World:
    """Skewed spend, steep and crooked selection, an effect that differs between people."""
    rng = np.random.default_rng(seed)
    X, u = rng.normal(size=(PEOPLE, FEATURES)), rng.normal(size=PEOPLE)
    odds = 1.2 * X[:, 0] + 0.8 * X[:, 1] + 0.6 * np.maximum(X[:, 2], 0) - 0.5 * (X[:, 3] * X[:, 4] > 0) * X[:, 0]
    chance = 1 / (1 + np.exp(-odds - hidden * u))
    treatment = (rng.random(PEOPLE) < chance).astype(np.float64)
    effect = 0.2 + 0.2 * X[:, 0]
    spend = np.exp(0.5 * X[:, 0] + 0.5 * X[:, 1] + 0.3 * X[:, 2]) * rng.gamma(1, 1, PEOPLE)
    return World(X, treatment, spend + hidden * u + effect * treatment, effect, chance, u)


def one(seed: int) -> tuple[list[tuple[float, float, float]], list[float]]:
    """(error, held, width) of each way, and the largest difference that stays after each weighting."""
    w = world(seed)
    cluster = np.arange(PEOPLE)
    e = propensity_scores(w.X, w.treatment, cluster, seed)
    keep, everybody = inside(e), np.ones(PEOPLE, dtype=np.bool_)
    errors, stays = [], []
    for kept, is_tilted in ((keep, False), (keep, True), (everybody, True)):
        rows: BoolArray = kept
        tilt = e[rows] * (1 - e[rows]) if is_tilted else None
        found = aipw(compared(w.X[rows], w.y[rows], w.treatment[rows], e[rows], cluster[rows], seed, tilt=tilt))
        # The truth of the same people, weighted by their true chance.
        weight = w.chance[rows] * (1 - w.chance[rows]) if is_tilted else None
        truth = float(np.average(w.effect[rows], weights=weight))
        low, high = found.interval(0.9)
        errors.append((found.effect - truth, float(low <= truth <= high), high - low))
        shown = overlap_weights(e, w.treatment) if is_tilted else np.where(w.treatment == 1, 1 / e, 1 / (1 - e))
        table = balance_table(w.X, w.treatment, np.where(rows, shown, 0.0), NAMES)
        stays.append(float(table["smd_after"].abs().to_numpy().max()))
    return errors, stays


def bound_holds(seed: int) -> float:
    """Whether a hidden cause moved the effect by no more than its own strengths allow (3 standard errors apart)."""
    w = world(seed, hidden=0.8)
    cluster = np.arange(PEOPLE)
    e = propensity_scores(w.X, w.treatment, cluster, seed)
    comparison = compared(w.X, w.y, w.treatment, e, cluster, seed, tilt=e * (1 - e))
    found = aipw(comparison)
    truth = float(np.average(w.effect, weights=e * (1 - e)))
    # Strengths as the world made them: variance of the outcome's open part, and of the weights with the true chance.
    r_y = float((0.8 * w.hidden).var() / (comparison.residual**2).mean())
    full = comparison.tilt * np.where(w.treatment == 1, 1 / w.chance, -1 / (1 - w.chance))
    short = comparison.tilt * np.where(w.treatment == 1, 1 / e, -1 / (1 - e))
    r_t = float(max(1 - (short**2).mean() / (full**2).mean(), 0.0))
    bound = largest_shift(comparison) * (min(r_y, 1.0) * r_t / (1 - r_t)) ** 0.5
    return float(abs(found.effect - truth) <= bound + 3 * found.error)


def suspected(seed: int, *, broken: bool) -> float:
    """Whether a draw is called unfair at the bound of design checks (.01)."""
    rng = np.random.default_rng(seed)
    X = np.exp(rng.normal(size=(PEOPLE, FEATURES)))
    chance = 0.4 + 0.15 * (X[:, 3] > 1) if broken else np.full(PEOPLE, 0.5)
    t = (rng.random(PEOPLE) < chance).astype(np.float64)
    return float(imbalance_p(X, t, np.full(PEOPLE, t.mean()), np.arange(PEOPLE), seed) < 0.01)


def figures(worlds: int) -> list[Figure]:
    """Everything that is printed; bars where docs/methods promise something."""
    runs = [one(seed) for seed in range(worlds)]
    result = []
    for number, name in enumerate(WAYS):
        part = np.array([errors[number] for errors, _ in runs])
        is_used = number == len(WAYS) - 1
        slack = 3 * (0.09 / worlds) ** 0.5
        result += [
            Figure(f"bias: {name}", float(part[:, 0].mean())),
            Figure(f"error (RMS): {name}", float((part[:, 0] ** 2).mean() ** 0.5)),
            Figure(f"coverage of 90 %: {name}", float(part[:, 1].mean()), 0.85 - slack if is_used else None),
            Figure(f"width: {name}", float(part[:, 2].mean())),
            Figure(
                f"largest difference: {name}",
                float(np.mean([stays[number] for _, stays in runs])),
                None,
                0.1 if is_used else None,
            ),
        ]
    held = float(np.mean([bound_holds(seed) for seed in range(worlds)]))
    draws = 2 * worlds
    fair, broken = (np.mean([suspected(s, broken=is_broken) for s in range(draws)]) for is_broken in (False, True))
    return [
        *result,
        Figure("hidden cause within its bound", held, 0.95),
        Figure("fair draws called unfair", float(fair), None, 0.01 + 3 * (0.01 * 0.99 / draws) ** 0.5),
        Figure("broken draws called unfair", float(broken), 0.5),
    ]


def main() -> None:
    """Print and write; the exit status says whether every bar holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="10 worlds instead of 100")
    found = figures(10 if parser.parse_args().quick else 100)
    for figure in found:
        print(figure.line())
    write(found, RESULTS)
    raise SystemExit(0 if all(figure.ok for figure in found) else 1)


if __name__ == "__main__":
    main()
