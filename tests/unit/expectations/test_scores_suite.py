"""The scores gate passes clean scores and stops each fault by the named check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from expectations.registry import suite
from expectations.runner import GateContext, validate
from expectations.summaries.scores import ScoredRun, score_frames

Ask = Callable[[str, dict[str, pd.DataFrame], GateContext], set[str]]


def scored(change: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame) -> ScoredRun:
    rows = 300
    uplift = np.linspace(0.3, -0.1, rows)
    frame = pd.DataFrame(
        {
            "campaign_id": "c1",
            "consumer_key": [f"k{i}" for i in range(rows)],
            "outcome": "first_purchase",
            "uplift": uplift,
            "uplift_low": uplift - 0.1,
            "uplift_high": uplift + 0.1,
            "rank": np.arange(1, rows + 1),
            "group_label": "contact helps",
            "reason_1": "buys often",
            "model_id": "m1",
            "design": "randomised",
        }
    )
    return ScoredRun(
        uplift=change(frame.copy()),
        ambassador=None,
        model_files_match={"m1": True},
        previous={"uplift": frame},
        expected_consumers_count={"uplift.c1.first_purchase": rows},
    )


def flipped(frame: pd.DataFrame) -> pd.DataFrame:
    turned = frame.assign(uplift=-frame["uplift"], uplift_low=-frame["uplift_high"], uplift_high=-frame["uplift_low"])
    return turned.assign(rank=turned["uplift"].rank(ascending=False).astype("int64"))


SCORE_FAULTS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "a probability above 1": (lambda f: f.assign(uplift=f["uplift"] * 10, uplift_high=9), "probability_uplift"),
    "not finite": (lambda f: f.assign(uplift=np.inf, uplift_high=np.inf, outcome="net_spend"), "uplift"),
    "interval beside the score": (lambda f: f.assign(uplift_low=f["uplift"] + 0.01), "uplift, uplift_low"),
    "everybody alike": (lambda f: f.assign(uplift=0.1, uplift_low=0.0, uplift_high=0.2), "is_constant"),
    "ranks turned over": (lambda f: f.assign(rank=f["rank"].to_numpy()[::-1]), "misordered_count"),
    "people left out": (lambda f: f.head(299), "missing_count"),
    "scored twice": (lambda f: pd.concat([f, f.head(1)]), "campaign_id, outcome, consumer_key"),
    "other model file": (lambda f: f.assign(model_id="m2"), "is_file_wrong"),
    "no reasons": (lambda f: f.assign(reason_1=None), "reason_1"),
    "unknown group": (lambda f: f.assign(group_label="sleeping dog"), "group_label"),
    "flipped treatment": (flipped, "rank_agreement"),
}  # fmt: skip
MODEL = GateContext(frozenset({"uplift_model"}))


def test_clean_scores_pass() -> None:
    result = validate(suite("scores"), score_frames(scored(), {}), MODEL)
    assert result.passed, result.one_line()


def test_no_scores_pass_where_no_model_is_in_use_and_fail_where_one_is() -> None:
    nothing = score_frames(ScoredRun(None, None, {}), {})
    assert validate(suite("scores"), nothing, GateContext()).passed
    assert not validate(suite("scores"), nothing, MODEL).passed


@pytest.mark.parametrize("fault", sorted(SCORE_FAULTS))
def test_the_scores_gate_stops(fault: str, failed_columns: Ask) -> None:
    change, column = SCORE_FAULTS[fault]
    assert column in failed_columns("scores", score_frames(scored(change), {}), MODEL)


def test_scores_of_one_model_that_moved_are_stopped_and_a_new_model_may_score_otherwise(failed_columns: Ask) -> None:
    figures = score_frames(scored(), {})["figures"]
    past = {name: [value] for name, value in zip(figures["figure"], figures["value"], strict=True)}

    def halved(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(uplift=frame["uplift"] / 2 + 0.2, uplift_high=1.0)

    assert failed_columns("scores", score_frames(scored(halved), past), MODEL) == {"psi"}
    renewed = scored(lambda frame: halved(frame).assign(model_id="m2"))
    assert "psi" not in failed_columns("scores", score_frames(renewed, past), MODEL)


def test_average_effects_do_not_jump(failed_columns: Ask) -> None:
    # The mean of the scores is .1; published nights had .35.
    frames = score_frames(scored(), {})
    past = GateContext(MODEL.streams_with_rows, {"uplift.c1.first_purchase.mean": [0.35]})
    assert [f.labels for f in validate(suite("scores"), frames, past).failures] == [("uplift.c1.first_purchase.mean",)]


@pytest.mark.parametrize(("usual", "is_stopped"), [(8_000.0, False), (500_000.0, True), (90.0, True), (0.5, False)])
def test_a_new_model_may_expect_more_but_not_in_another_unit(usual: float, is_stopped: bool) -> None:
    # The mean of today's expected values is 5,000 minor units; a usual of nearly nothing binds nobody.
    people = pd.DataFrame(
        {"consumer_key": [f"k{i}" for i in range(300)], "expected_value_minor": 5_000 + np.arange(300)}
    )
    people = people.assign(currency="EUR", rank=np.arange(300, 0, -1), reason_1="told friends", model_id="m1")
    run = replace(scored(), ambassador=people)
    context = GateContext(MODEL.streams_with_rows | {"ambassador_model"}, {"ambassador.mean": [usual]})
    result = validate(suite("scores"), score_frames(run, {}), context)
    assert (("ambassador.mean",) in [failure.labels for failure in result.failures]) == is_stopped, result.one_line()


EFFECT = {"campaign_id": "c1", "outcome": "net_spend", "unit": "consumer", "status": "measured"}
OF_C1 = {"subject": "campaign", "subject_id": "c1", "outcome": "net_spend", "design": "observational"}


def measured(**changes: dict[str, object]) -> dict[str, pd.DataFrame]:
    """One measured effect of chosen people with everything it must tell; `changes` overwrite cells by table."""
    tables: dict[str, dict[str, object]] = {
        "campaign_effects": EFFECT | {"design": "observational", "treated_count": 30, "control_count": 50},
        "design_checks": OF_C1 | {"verdict": "passed", "largest_smd_after": 0.05},
        "overlap": OF_C1 | {"inside_count": 80},
        "sensitivity": OF_C1
        | {"robustness_value": 0.1, "low_at_gamma_1_25": 3.0, "low_at_gamma_1_50": 2.0, "low_at_gamma_2_00": 1.0},
    }
    return {name: pd.DataFrame([row | changes.get(name, {})]) for name, row in tables.items()}


COMPARISON_FAULTS: dict[str, tuple[dict[str, dict[str, object]], str]] = {
    "no check": ({"design_checks": {"subject_id": "c2"}}, "is_unchecked"),
    "called randomised": ({"design_checks": {"design": "randomised"}}, "is_mislabelled"),
    "no sensitivity": ({"sensitivity": {"robustness_value": None}}, "has_no_sensitivity"),
    "people left out counted": ({"overlap": {"inside_count": 70}}, "is_counted_wrong"),
    "a difference untold": ({"design_checks": {"largest_smd_after": 0.2}}, "is_balance_untold"),
    "a narrower range for more": ({"sensitivity": {"low_at_gamma_2_00": 9.0}}, "is_bound_misordered"),
}
MEASURED = GateContext(frozenset({"uplift_model", "measured_effects"}))


def test_an_effect_that_tells_how_fair_it_was_passes() -> None:
    frames = score_frames(replace(scored(), measured=measured()), {})
    result = validate(suite("scores"), frames, MEASURED)
    assert result.passed, result.one_line()


@pytest.mark.parametrize("fault", sorted(COMPARISON_FAULTS))
def test_the_scores_gate_stops_an_effect_with(fault: str, failed_columns: Ask) -> None:
    changes, column = COMPARISON_FAULTS[fault]
    frames = score_frames(replace(scored(), measured=measured(**changes)), {})
    assert failed_columns("scores", frames, MEASURED) == {column}
