"""The promotion rule on scores whose worth is known."""

from __future__ import annotations

import numpy as np

from ml.promotion import Decision, Judged, decide

N = 4000


def _decision(candidate: float, response: float = 0.0, **more: object) -> Decision:
    """Scores that carry the given part of the true effect; Γ is the effect plus noise."""
    rng = np.random.default_rng(11)
    effect = rng.normal(0, 0.1, N)
    gamma = effect + rng.normal(0, 0.7, N)

    def score(part: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return part * effect / 0.1 + (1 - part) * rng.normal(size=N)

    champion = more.get("champion")
    return decide(
        [
            Judged(
                gamma,
                score(candidate),
                score(response),
                np.arange(N),
                None if champion is None else score(float(str(champion))),
                np.arange(N) < int(str(more.get("new_rows", 0))),
            )
        ],
        seed=1,
    )


def test_a_ranking_that_finds_the_effect_is_promoted() -> None:
    decision = _decision(candidate=0.8)
    assert decision.is_promoted
    assert "better than chance" in decision.reasons[0]


def test_a_random_ranking_is_refused_in_words() -> None:
    decision = _decision(candidate=0.0)
    assert not decision.is_promoted
    assert "could not be told from a random order" in decision.reasons[0]


def test_a_candidate_surely_worse_than_the_response_model_is_refused() -> None:
    decision = _decision(candidate=0.3, response=1.0)
    assert any("who buys anyway" in reason for reason in decision.reasons)


def test_a_champion_stays_until_enough_outcomes_are_new_to_it() -> None:
    decision = _decision(candidate=0.8, champion=0.8, new_rows=999)
    assert not decision.is_promoted
    assert "only 999 judged outcomes matured" in decision.reasons[0]


def test_an_equally_good_candidate_replaces_the_champion_on_new_people() -> None:
    assert _decision(candidate=0.8, champion=0.8, new_rows=3000).is_promoted


def test_a_champion_that_is_surely_better_stays() -> None:
    decision = _decision(candidate=0.3, champion=1.0, new_rows=4000)
    assert any("the model in use ranks new people better" in reason for reason in decision.reasons)


def test_random_scores_slip_through_about_once_in_twenty() -> None:
    rng = np.random.default_rng(1)
    passed = 0
    for draw in range(40):
        gamma = rng.normal(size=200)
        judged = Judged(gamma, rng.random(200), rng.random(200), np.arange(200))
        passed += decide([judged], seed=draw).is_promoted
    assert passed <= 6  # expected 2 of 40; more than 6 has a chance of 1 in 300
