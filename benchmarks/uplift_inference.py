"""Do the intervals of uplift figures hold what they claim, and do predictions of effects come true?

Fixed beforehand: worlds of benchmarks/uplift_worlds.py on the log-odds scale; AUTOC and policy value (best 30 %) of a
score learned once on other people, in 500 samples of 4,000; deciles and slope of calibrated predictions of models
learned from 32,000 people, on 8,000 new ones, in 50 worlds; permuted treatments 20 times.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.figures import Figure
from benchmarks.uplift_worlds import world
from ml.arrays import Sample, checked_sample
from ml.evaluate.calibration import decile_table, fit_calibration
from ml.evaluate.curves import qini_auc_scikit_uplift
from ml.evaluate.policy import policy_value
from ml.evaluate.rate import autoc, rate_interval
from ml.trees import LEVEL_TREES
from ml.uplift.base import UpliftLearner
from ml.uplift.dr_learner import DrLearner
from ml.uplift.selection import choose, held_out_gamma
from ml.uplift.x_learner import XLearner

SAMPLES, SAMPLE_ROWS, SHARE = 500, 4_000, 0.3
POPULATION_ROWS = 1_000_000
WORLDS, LEARN_ROWS, NEW_ROWS = 50, 32_000, 8_000
PERMUTATIONS = 20


def figures(quick: bool) -> Iterator[Figure]:
    """Coverage of AUTOC, policy value and deciles, the mean slope, and Qini of permuted treatments."""
    yield from _of_a_fixed_score(10 if quick else SAMPLES, 50_000 if quick else POPULATION_ROWS, quick)
    yield from _of_predictions(2 if quick else WORLDS, quick)
    yield _placebo(3 if quick else PERMUTATIONS, quick)


def _of_a_fixed_score(samples: int, population: int, quick: bool) -> Iterator[Figure]:
    learn = world(20_000, "logit", 100)
    model = XLearner().fit(learn["X"], learn["y"], learn["t"], 0.5)
    everybody = world(population, "logit", 101)
    score = model.predict(everybody["X"])
    true_autoc = autoc(everybody["effect"], score)
    bar = float(np.quantile(score, 1 - SHARE))
    true_value = float(np.mean(everybody["effect"] * (score >= bar)))
    held = {"autoc": 0, "policy_value": 0}
    for number in range(samples):
        drawn = world(SAMPLE_ROWS, "logit", 1_000 + number)
        sample = checked_sample(drawn["X"], drawn["y"], drawn["t"], 0.5)
        gamma = held_out_gamma(sample, DrLearner(LEVEL_TREES), number)
        score = model.predict(drawn["X"])
        _, low, high = rate_interval(gamma, score, sample.cluster, figure="autoc", seed=number)
        held["autoc"] += low <= true_autoc <= high
        _, low, high = policy_value(gamma, score >= bar, sample.cluster)
        held["policy_value"] += low <= true_value <= high
    ends = (None, None) if quick else (0.86, 0.94)
    for name, count in held.items():
        yield Figure(f"{name}_coverage", count / samples, *ends)


def _chosen(part: Sample) -> UpliftLearner:
    return choose(part, is_randomised=True, seed=1).learner


def _of_predictions(worlds: int, quick: bool) -> Iterator[Figure]:
    inside, slopes = [], []
    for number in range(worlds):
        learn, new = world(LEARN_ROWS, "logit", 2_000 + number), world(NEW_ROWS, "logit", 3_000 + number)
        sample = checked_sample(learn["X"], learn["y"], learn["t"], 0.5)
        choice = choose(sample, is_randomised=True, seed=1)
        line = fit_calibration(choice.gamma, choice.effect, choice.cluster)
        model = choice.learner.fit(learn["X"], learn["y"], learn["t"], 0.5)
        predicted, _, _ = line.apply(model.predict(new["X"]))
        judged = checked_sample(new["X"], new["y"], new["t"], 0.5)
        gamma = held_out_gamma(judged, DrLearner(LEVEL_TREES), number)
        table = decile_table(gamma, predicted, judged.cluster)
        inside += ((table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])).to_list()
        slopes.append(fit_calibration(gamma, predicted, judged.cluster).slope)
    yield Figure("decile_coverage", float(np.mean(inside)), *((None, None) if quick else (0.86, 0.94)))
    yield Figure("blp_slope", float(np.mean(slopes)), *((None, None) if quick else (0.9, 1.1)))


def _placebo(permutations: int, quick: bool) -> Figure:
    made = world(8_000, "logit", 5)
    half = len(made["y"]) // 2
    values: list[float] = []
    for number in range(permutations):
        t: Any = np.random.default_rng(number).permutation(made["t"])
        part = checked_sample(made["X"][:half], made["y"][:half], t[:half], 0.5)
        model = _chosen(part).fit(part.X, part.y, part.treatment, 0.5)
        values.append(qini_auc_scikit_uplift(made["y"][half:], model.predict(made["X"][half:]), t[half:]))
    error = np.std(values, ddof=1) / np.sqrt(permutations)
    return Figure("placebo_qini_in_se", float(np.mean(values) / error), *((None, None) if quick else (-2.0, 2.0)))
