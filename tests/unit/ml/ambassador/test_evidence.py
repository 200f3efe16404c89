"""The evidence model in worlds where everybody's true rate is known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ml.ambassador.evidence import FittedEvidence
from ml.ambassador.evidence_learner import EvidenceLearner
from ml.ambassador.tweedie import TweedieLearner
from ml.arrays import FloatArray
from ml.errors import InputError, TooFewRowsError
from ml.evaluate.ranking import normalised_gini
from ml.explain import check_additive
from ml.features.dictionary import AMBASSADOR_FEATURE_NAMES as NAMES


def _world(people: int, seed: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Features before a second campaign, its purchases, true rates: posts tell a part, the first campaign more."""
    rng = np.random.default_rng(seed)
    trait, hidden = rng.normal(size=(2, people))
    rate = 0.3 * np.exp(0.5 * trait + 0.8 * hidden - 0.45)
    X = np.full((people, len(NAMES)), np.nan)

    def put(name: str, values: FloatArray) -> None:
        X[:, NAMES.index(name)] = values

    has_account = rng.random(people) < 0.6
    put("accounts_known_count", np.where(has_account, 1.0, np.nan))
    put("posts_before_count", np.where(has_account, rng.poisson(2 * np.exp(0.7 * trait)), np.nan))
    put("ugc_on_record_days", np.full(people, 365.0))
    put("purchases_90d_count", rng.poisson(1.0, people).astype(float))
    took_part = rng.random(people) < 0.5
    put("referrals_before_count", np.where(took_part, rng.poisson(rate), np.nan))
    put("referrals_expected_count", np.where(took_part, 0.3, np.nan))
    return X, rng.poisson(rate).astype(np.float64), rate


def _fit(people: int, seed: int) -> FittedEvidence:
    X, y, _ = _world(people, seed)
    codes = np.zeros(people, dtype=np.int64), np.arange(people, dtype=np.int64)
    return EvidenceLearner(seed).fit(X, y, *codes, feature_names=NAMES)


@pytest.fixture(scope="module")
def fitted() -> FittedEvidence:
    return _fit(4000, 1)


def test_the_past_and_the_features_rank_better_than_either(fitted: FittedEvidence) -> None:
    X, _, rate = _world(4000, 2)
    past = np.nan_to_num(X[:, NAMES.index("referrals_before_count")])
    both = normalised_gini(rate, fitted.predict(X))
    assert both > 1.1 * normalised_gini(rate, fitted.features_rate(X))
    assert both > 1.1 * normalised_gini(rate, past)


def test_predictions_add_up_on_people_never_seen(fitted: FittedEvidence) -> None:
    X, _, rate = _world(4000, 3)
    assert fitted.predict(X).sum() == pytest.approx(rate.sum(), rel=0.1)


def test_a_past_weighs_more_where_less_is_known_and_nothing_where_there_is_none(fitted: FittedEvidence) -> None:
    X, _, _ = _world(3, 4)
    X[:] = X[0]
    X[:, NAMES.index("accounts_known_count")] = 1.0
    X[:, NAMES.index("referrals_expected_count")] = [0.3, 0.3, np.nan]
    X[:, NAMES.index("referrals_before_count")] = [4, 0, np.nan]
    factor = fitted.personal_factor(X)
    assert 1 < factor[0] < 4 / 0.3
    assert factor[1] < 1
    assert factor[2] == 1


def test_contributions_add_up_to_the_log_of_the_prediction(fitted: FittedEvidence) -> None:
    X, _, _ = _world(500, 5)
    check_additive(fitted.contributions(X), np.log(fitted.predict(X)))


def test_a_card_gives_the_model_back(fitted: FittedEvidence) -> None:
    X, _, _ = _world(100, 6)
    again = FittedEvidence.from_dict(json.loads(json.dumps(fitted.as_dict())))
    assert np.array_equal(again.predict(X), fitted.predict(X))


def test_a_weaker_past_is_seen_from_the_people_of_today(fitted: FittedEvidence) -> None:
    X, _, _ = _world(4000, 7)
    X[:, NAMES.index("referrals_before_count")] = np.where(
        np.isnan(X[:, NAMES.index("referrals_expected_count")]), np.nan, np.random.default_rng(8).poisson(0.15, 4000)
    )
    today = fitted.with_past_of(X)
    assert today.past_level == pytest.approx(np.log(0.5), abs=0.25)
    assert fitted.past_level == 0


def test_members_drawn_by_lot_set_the_level() -> None:
    X, y, _ = _world(4000, 9)
    is_drawn = np.arange(4000) < 3000
    y = np.where(is_drawn, y, 3 * y)
    codes = (~is_drawn).astype(np.int64), np.arange(4000, dtype=np.int64)
    model = EvidenceLearner(1).fit(X, y, *codes, feature_names=NAMES, is_drawn=is_drawn)
    assert model.features_rate(X[is_drawn]).sum() == pytest.approx(y[is_drawn].sum())


def test_too_few_purchases_are_refused_with_the_number() -> None:
    X, _, _ = _world(300, 1)
    y, codes = np.zeros(300), np.arange(300, dtype=np.int64)
    y[:49] = 1
    with pytest.raises(TooFewRowsError, match="49 purchases"):
        EvidenceLearner().fit(X, y, codes * 0, codes, feature_names=NAMES)
    with pytest.raises(InputError):
        EvidenceLearner().fit(X, y - 1, codes * 0, codes, feature_names=NAMES)


def test_the_tweedie_challenger_adds_up_and_explains_itself() -> None:
    X, y, _ = _world(3000, 1)
    model = TweedieLearner().fit(X, y, feature_names=NAMES)
    assert model.predict(X).sum() == pytest.approx(y.sum())
    check_additive(model.contributions(X), model.score(X))
