"""The written rule by which a candidate model may be used; a refusal says why in words.

The rule (docs/methods/uplift.md holds the same sentences and the simulated error rates). The figure is QINI-RATE on
held-out doubly-robust scores (evaluate/rate.py), judged forward through blocks (evaluate/heldout.py):
1. Against random: the lower end of the candidate's 90 % interval is above 0. In a world without effect, or with the
   same effect for everybody, at most one candidate in twenty slips through. At 95 % it would be one in forty, but
   a market of 20,000 consumers, where a good ranking stands about 3 standard errors above chance, give or take .9,
   would see one good model in eight refused instead of one in fifteen.
2. Against a plain response model: the candidate is not worse with certainty: the 90 % interval of the paired
   difference does not lie below 0.
3. Against the champion: as 2, on people whose outcome matured after the champion was trained; as long as there are
   fewer than FEWEST_NEW_ROWS of them, the champion stays.
A refused candidate leaves the champion in use; without one there are no scores, and facts are published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ml.arrays import BoolArray, FloatArray, IntArray
from ml.evaluate.rate import half_sample_rates, qini_rate

Z_90 = 1.644854
# grf uses 200 half-samples; the standard error's own error is then 5 %.
DRAWS = 200
# Below, a paired difference is dominated by some dozen buyers: nothing could be told apart.
FEWEST_NEW_ROWS = 1_000


@dataclass(frozen=True)
class Judged:
    """Held-out people with everything the rule compares; one value a row.

    Attributes:
        gamma: doubly-robust scores.
        candidate, response: orders by the candidate and by the response model, both held out.
        cluster: who was assigned, or stands, together.
        champion: order by the model in use; None: there is none.
        is_new_to_champion: rows whose outcome matured after the champion was trained.
    """

    gamma: FloatArray
    candidate: FloatArray
    response: FloatArray
    cluster: IntArray
    champion: FloatArray | None = None
    is_new_to_champion: BoolArray | None = None


@dataclass(frozen=True)
class Comparison:
    """A figure with its 90 % interval."""

    value: float
    low: float
    high: float

    def in_words(self) -> str:
        """Figure and interval for a sentence."""
        return f"QINI-RATE {self.value:.4f}, 90 % interval {self.low:.4f} to {self.high:.4f}"


@dataclass(frozen=True)
class Decision:
    """What the rule says.

    Attributes:
        is_promoted: the candidate may be used from now on.
        reasons: sentences for people, at least one.
        figures: comparison name ("candidate", "candidate minus response" …) → figure and 90 % interval.
    """

    is_promoted: bool
    reasons: tuple[str, ...]
    figures: Mapping[str, Comparison]


def decide(judged: Sequence[Judged], *, seed: int) -> Decision:
    """Apply the rule to one or several passes over held-out people (figures and standard errors are averaged)."""
    passes = [_figures(one, seed) for one in judged]
    figures = {name: _averaged([one[name] for one in passes]) for name in passes[0] if all(name in p for p in passes)}
    refusals = []
    if figures["candidate"].low <= 0:
        refusals.append(
            f"ranking people by uplift could not be told from a random order ({figures['candidate'].in_words()})"
        )
    if figures["candidate minus response"].high < 0:
        refusals.append(
            "ranking by who buys anyway finds more effect than ranking by uplift "
            f"(difference: {figures['candidate minus response'].in_words()})"
        )
    if judged[0].champion is not None:
        new = min(0 if one.is_new_to_champion is None else int(one.is_new_to_champion.sum()) for one in judged)
        against = figures.get("candidate minus champion")
        if against is None:
            refusals.append(
                f"only {new} judged outcomes matured since the model in use was trained; a comparison needs "
                f"{FEWEST_NEW_ROWS}: it stays in use"
            )
        elif against.high < 0:
            refusals.append(f"the model in use ranks new people better (difference: {against.in_words()})")
    if refusals:
        return Decision(False, tuple(refusals), figures)
    return Decision(True, (f"ranks people better than chance ({figures['candidate'].in_words()})",), figures)


def _figures(judged: Judged, seed: int) -> dict[str, tuple[float, float]]:
    """Comparison name → figure and standard error of one pass."""
    scores = {"candidate": judged.candidate, "response": judged.response}
    figures = _differences(judged.gamma, scores, judged.cluster, seed)
    is_new = judged.is_new_to_champion
    if judged.champion is not None and is_new is not None and int(is_new.sum()) >= FEWEST_NEW_ROWS:
        rivals = {"candidate": judged.candidate[is_new], "champion": judged.champion[is_new]}
        against = _differences(judged.gamma[is_new], rivals, judged.cluster[is_new], seed)
        figures["candidate minus champion"] = against["candidate minus champion"]
    return figures


def _differences(
    gamma: FloatArray, scores: Mapping[str, FloatArray], cluster: IntArray, seed: int
) -> dict[str, tuple[float, float]]:
    halves = half_sample_rates(gamma, scores, cluster, draws=DRAWS, seed=seed)
    full = {name: qini_rate(gamma, score) for name, score in scores.items()}
    first, second = scores
    return {
        first: (full[first], float(np.std(halves[first], ddof=1))),
        f"{first} minus {second}": (
            full[first] - full[second],
            float(np.std(halves[first] - halves[second], ddof=1)),
        ),
    }


def _averaged(figures: Sequence[tuple[float, float]]) -> Comparison:
    value, error = (float(part) for part in np.mean(figures, axis=0))
    return Comparison(value, value - Z_90 * error, value + Z_90 * error)
