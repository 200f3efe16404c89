"""The features gate passes clean features and stops leaks, broken keys, wrong units and sudden change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from expectations.history import compare
from expectations.registry import suite
from expectations.runner import GateContext, validate
from expectations.suites.features import FEATURES
from expectations.summaries.features import FeatureSet, feature_frames

Ask = Callable[[str, dict[str, pd.DataFrame], GateContext], set[str]]


def feature_set(**changes: object) -> FeatureSet:
    rows = 400
    random = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "consumer_key": [f"k{i}" for i in range(rows)],
            "purchases_30d_count": random.poisson(2.0, rows).astype("float64"),
            "online_365d_share": random.uniform(0, 1, rows),
            "net_spend_30d_minor": random.normal(0, 100, rows),
        }
    ).assign(**changes)
    features = ("purchases_30d_count", "online_365d_share", "net_spend_30d_minor")
    extra = tuple(name for name in changes if name not in frame.columns[:4])
    labels = {"first_purchase": random.integers(0, 2, rows).astype("float64").tolist()}
    return FeatureSet(frame, ("consumer_key",), features + extra, frozenset({"age_band"}), labels)


def past_features() -> dict[str, list[float]]:
    figures = feature_frames({"uplift": feature_set()}, {})["figures"]
    return {name: [value] for name, value in zip(figures["figure"], figures["value"], strict=True)}


DECISIONS = GateContext(frozenset({"decisions"}))


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({}, ""),
        ({"consumer_key": ["k"] * 400}, "duplicate_keys_count"),
        ({"consumer_key": [None] + [f"k{i}" for i in range(399)]}, "null_keys_count"),
        ({"online_365d_share": [1.5] * 400}, "out_of_range_count"),
        ({"purchases_30d_count": [-1.0] * 400}, "out_of_range_count"),
        ({"net_spend_30d_minor": [np.inf] * 400}, "infinite_count"),
        ({"online_365d_share": ["half"] * 400}, "out_of_range_count"),
        ({"age_band": [1.0] * 400}, "is_forbidden"),
        ({"net_spend_after_minor": [1.0] * 400}, "is_forbidden"),
        ({"net_spend_30d_minor": np.linspace(5e4, 9e4, 400)}, "psi"),
    ],
)
def test_the_features_gate(changes: dict[str, object], column: str, failed_columns: Ask) -> None:
    frames = feature_frames({"uplift": feature_set(**changes)}, past_features())
    failed = failed_columns("features", frames, DECISIONS)
    assert column in failed if column else not failed


def test_a_feature_that_is_the_label_is_stopped(failed_columns: Ask) -> None:
    clean = feature_set()
    label = np.array(clean.labels["first_purchase"])
    leaking = FeatureSet(
        clean.frame.assign(net_spend_30d_minor=label * 100), clean.key, clean.features, labels=clean.labels
    )
    assert failed_columns("features", feature_frames({"uplift": leaking}, {}), DECISIONS) == {"leak_share"}


LEAKS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "with 2 % of wrong values": lambda label: np.where(np.arange(label.size) % 50 == 0, 1 - label, label) * 100,
    "turned round": lambda label: 100 - 100 * label,
    "by being known": lambda label: np.where(label > 0, 5.0, np.nan),
}


@pytest.mark.parametrize("leak", sorted(LEAKS))
def test_a_feature_made_of_the_label_is_stopped(leak: str) -> None:
    clean = feature_set()
    planted = clean.frame.assign(net_spend_30d_minor=LEAKS[leak](np.array(clean.labels["first_purchase"])))
    leaking = FeatureSet(planted, clean.key, clean.features, labels=clean.labels)
    failures = validate(suite("features"), feature_frames({"uplift": leaking}, {}), DECISIONS).failures
    assert [(failure.column, failure.labels) for failure in failures] == [
        ("leak_share", ("uplift.net_spend_30d_minor",))
    ]
    assert "it was not known at the decision" in failures[0].why


def test_a_feature_made_of_the_amount_is_stopped_where_whether_tells_nothing(failed_columns: Ask) -> None:
    # Everybody bought, so no yes/no label can see it: the feature is the amount itself, give or take a tenth.
    clean = feature_set()
    amount = np.exp(np.random.default_rng(1).normal(8, 1, len(clean.frame)))
    planted = clean.frame.assign(net_spend_30d_minor=amount * np.random.default_rng(2).uniform(0.9, 1.1, amount.size))
    blind = FeatureSet(planted, clean.key, clean.features, labels=clean.labels)
    seeing = FeatureSet(planted, clean.key, clean.features, labels=clean.labels, amounts={"net_spend": amount.tolist()})
    assert "leak_share" not in failed_columns("features", feature_frames({"uplift": blind}, {}), DECISIONS)
    assert failed_columns("features", feature_frames({"uplift": seeing}, {}), DECISIONS) == {"leak_share"}


def test_a_feature_without_its_column_is_stopped(failed_columns: Ask) -> None:
    clean = feature_set()
    renamed = FeatureSet(clean.frame.rename(columns={"online_365d_share": "online"}), clean.key, clean.features)
    assert failed_columns("features", feature_frames({"uplift": renamed}, {}), DECISIONS) == {"is_missing"}


def test_drift_is_measured_among_decisions_on_the_same_campaigns(failed_columns: Ask) -> None:
    clean = feature_set()
    before = FeatureSet(clean.frame.assign(campaign_id="c1"), ("campaign_id", "consumer_key"), clean.features)
    moved = {"net_spend_30d_minor": np.linspace(5e4, 9e4, 400)}
    past = feature_frames({"uplift": before}, {})["figures"]
    figures = {name: [value] for name, value in zip(past["figure"], past["value"], strict=True)}
    same = FeatureSet(before.frame.assign(**moved), before.key, before.features)
    other = FeatureSet(same.frame.assign(campaign_id="c2"), same.key, same.features)
    assert failed_columns("features", feature_frames({"uplift": same}, figures), DECISIONS) == {"psi"}
    assert failed_columns("features", feature_frames({"uplift": other}, figures), DECISIONS) == set()


def test_before_the_first_campaign_decisions_name_none(failed_columns: Ask) -> None:
    clean = feature_set()
    each = FeatureSet(clean.frame.assign(campaign_id=None), ("campaign_id", "consumer_key"), clean.features)
    assert failed_columns("features", feature_frames({"scoring": each}, {}), DECISIONS) == set()


@pytest.mark.parametrize(
    ("ages_today", "has_drifted"), [([11.0, 41.0], False), ([10.0, 40.0], False), ([900.0, 1e3], True)]
)
def test_ages_may_grow_by_the_day_or_stay_but_not_jump(
    ages_today: list[float], has_drifted: bool, failed_columns: Ask
) -> None:
    def aged(ages: list[float], day: str) -> FeatureSet:
        frame = pd.DataFrame(
            {
                "consumer_key": [f"k{i}" for i in range(400)],
                "decision_on": pd.Timestamp(day),
                "last_age_days": ages * 200,
            }
        )
        return FeatureSet(frame, ("consumer_key",), ("last_age_days",))

    kept = feature_frames({"uplift": aged([10.0, 40.0], "2025-06-30")}, {})["figures"]
    past = {name: [value] for name, value in zip(kept["figure"], kept["value"], strict=True)}
    frames = feature_frames({"uplift": aged(ages_today, "2025-07-01")}, past)

    assert ("psi" in failed_columns("features", frames, DECISIONS)) == has_drifted


def test_the_next_campaign_does_not_miss_the_figures_of_the_last_one() -> None:
    nights = 8
    past = {"scoring.rows": [300.0] * nights, "training.rows": [290.0] * nights}
    past |= {
        f"features.scoring.5e88a608.online_365d_share.{figure}": [300.0] * nights
        for figure in ("rows", "share_null", "edge_0")
    }
    now = {"scoring.rows": 300.0, "training.rows": 290.0}
    assert compare(now, past, FEATURES.limits)["is_outside"].sum() == 0
    halved = compare(now | {"scoring.rows": 140.0}, past, FEATURES.limits)
    assert halved.loc[halved["is_outside"] == 1, "figure"].to_list() == ["scoring.rows"]
