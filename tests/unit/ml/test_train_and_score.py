"""From a training frame to scores: what the assets call."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ml.errors import InputError, NothingToLearnError
from ml.registry import read_model, write_model
from ml.score import AMBASSADOR_COLUMNS, UPLIFT_COLUMNS, group_labels, score_ambassadors, score_uplift
from ml.train import TrainedUplift, stored_uplift, train_uplift
from ml.train_ambassador import TrainedAmbassador, stored_ambassador, train_ambassador
from tests.unit.ml.worlds import training_world

AS_OF = date(2025, 6, 30)


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return training_world(3000, 1, spread=0.2)


@pytest.fixture(scope="module")
def trained(frame: pl.DataFrame) -> TrainedUplift:
    return train_uplift(frame, "first_purchase", seed=1, as_of=AS_OF)


@pytest.fixture(scope="module")
def scored(trained: TrainedUplift) -> pl.DataFrame:
    return score_uplift(trained.model, trained.card, training_world(2000, 2), model_id="m1")


@pytest.fixture(scope="module")
def ambassador(frame: pl.DataFrame) -> TrainedAmbassador:
    return train_ambassador(frame, seed=1, as_of=AS_OF)


def test_a_strong_effect_is_promoted_and_the_card_says_on_what(trained: TrainedUplift) -> None:
    assert trained.decision.is_promoted
    card = json.loads(json.dumps(trained.card, allow_nan=False))
    assert (card["design"], card["rows"], card["outcome"], card["as_of"]) == (
        "randomised",
        3000,
        "first_purchase",
        "2025-06-30",
    )
    assert card["decision"]["figures"]["candidate"]["low"] > 0


def test_every_table_shows_a_random_order_and_a_plain_response_model(trained: TrainedUplift) -> None:
    assert set(trained.table["model"]) == {"candidate", "response model", "random"}
    figures = trained.table.filter(pl.col("model") == "candidate")["figure"].to_list()
    assert {"qini_rate", "autoc", "qini_auc_scikit_uplift", "auuc_causalml", "uplift_at_30"} <= set(figures)


def test_scores_tell_whom_contact_helps(scored: pl.DataFrame) -> None:
    assert tuple(scored.columns) == UPLIFT_COLUMNS
    people = training_world(2000, 2).select("consumer_key", is_helped=pl.col("last_purchase_age_days") > 50)
    by_group = scored.join(people, on="consumer_key").group_by("group_label").agg(pl.col("is_helped").mean())
    share = dict(by_group.iter_rows())
    assert share["contact helps"] > 0.9
    assert share["contact hurts"] < 0.1


def test_the_interval_holds_the_score_and_ranks_run_from_one(scored: pl.DataFrame) -> None:
    assert (scored["uplift_low"] <= scored["uplift"]).all() and (scored["uplift"] <= scored["uplift_high"]).all()
    assert scored["rank"].to_list() == list(range(1, scored.height + 1))
    assert scored["uplift"].is_sorted(descending=True)


def test_the_first_reason_is_what_the_world_made_decide(scored: pl.DataFrame) -> None:
    is_right = scored["reason_1"].str.contains("days since the last purchase")
    assert is_right.sum() > 0.9 * scored.height


def test_people_who_bought_before_have_no_first_purchase_to_win(trained: TrainedUplift) -> None:
    people = (
        training_world(100, 2)
        .with_row_index()
        .with_columns(campaign_products_last_age_days=pl.when(pl.col("index") < 40).then(12.0))
    )
    assert score_uplift(trained.model, trained.card, people, model_id="m1").height == 60


def test_a_model_read_from_its_folder_scores_the_same(
    trained: TrainedUplift, scored: pl.DataFrame, tmp_path: Path
) -> None:
    write_model(tmp_path / "m", trained.model.boosters, trained.card)
    stored = read_model(tmp_path / "m")
    again = score_uplift(stored_uplift(stored), stored.card, training_world(2000, 2), model_id="m1")
    assert again.equals(scored)


def test_the_order_of_rows_changes_nothing(frame: pl.DataFrame, trained: TrainedUplift) -> None:
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=9)
    assert train_uplift(shuffled, "first_purchase", seed=1, as_of=AS_OF).card == trained.card


def test_the_model_in_use_stays_until_it_can_be_compared(
    frame: pl.DataFrame, trained: TrainedUplift, tmp_path: Path
) -> None:
    write_model(tmp_path / "m", trained.model.boosters, trained.card)
    again = train_uplift(frame, "first_purchase", seed=1, as_of=AS_OF, champion=read_model(tmp_path / "m"))
    assert not again.decision.is_promoted
    assert "only 0 judged outcomes matured" in again.decision.reasons[0]
    assert "champion" in set(again.table["model"])


def test_shuffled_outcomes_are_refused() -> None:
    frame = training_world(2000, 3, spread=0.2).with_columns(pl.col("first_purchase").shuffle(seed=4))
    decision = train_uplift(frame, "first_purchase", seed=1, as_of=AS_OF).decision
    assert not decision.is_promoted
    assert decision.figures["candidate"].low < 0 < decision.figures["candidate"].high


def test_spend_is_scored_in_money(frame: pl.DataFrame) -> None:
    trained = train_uplift(frame, "net_spend", seed=1, as_of=AS_OF)
    scored = score_uplift(trained.model, trained.card, frame, model_id="m1")
    treated = frame.filter(pl.col("treatment") == 1)["net_spend_after_minor"].mean()
    control = frame.filter(pl.col("treatment") == 0)["net_spend_after_minor"].mean()
    assert isinstance(treated, float) and isinstance(control, float)
    assert scored["uplift"].mean() == pytest.approx(treated - control, abs=30)
    assert set(scored["group_label"]) <= {"contact helps", "contact hurts", "unknown"}


def test_chosen_people_teach_only_as_observational(frame: pl.DataFrame) -> None:
    trained = train_uplift(
        frame.head(1500).with_columns(design=pl.lit("observational")), "first_purchase", seed=1, as_of=AS_OF
    )
    assert trained.card["design"] == "observational"
    # Curves of raw outcomes would show the choice of people as uplift.
    assert "qini_auc_scikit_uplift" not in set(trained.table["figure"])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (pl.col("window_status").replace({"complete": "immature"}).alias("window_status"), "0 treated and 0 untreated"),
        (pl.lit(False).alias("first_purchase"), "other than zero in 0.0000%"),
        (pl.lit("treatment").alias("arm"), "0 treated and 0 untreated"),
    ],
)
def test_what_teaches_nothing_says_why(frame: pl.DataFrame, change: pl.Expr, why: str) -> None:
    changed = frame.with_columns(change)
    changed = changed.with_columns(treatment=(pl.col("arm") == "treatment").cast(pl.Int8))
    with pytest.raises(NothingToLearnError, match=why):
        train_uplift(changed, "first_purchase", seed=1, as_of=AS_OF)


def test_protected_traits_cannot_be_handed_in_as_features(frame: pl.DataFrame) -> None:
    with pytest.raises(InputError, match="language"):
        train_uplift(frame, "first_purchase", seed=1, as_of=AS_OF, feature_names=["language"])


def test_groups_follow_the_interval_and_what_is_bought_anyway() -> None:
    low = np.array([0.01, -0.05, -0.05, -0.005, -0.05])
    high = np.array([0.05, -0.01, 0.05, 0.005, 0.05])
    without = np.array([0.9, 0.9, 0.6, 0.1, 0.1])
    assert group_labels(low, high, without, is_binary=True) == [
        "contact helps",
        "contact hurts",
        "buys anyway",
        "no effect",
        "unknown",
    ]


def test_ambassadors_are_ranked_by_what_they_bring_in(ambassador: TrainedAmbassador, tmp_path: Path) -> None:
    assert ambassador.decision.is_promoted
    write_model(tmp_path / "a", ambassador.model.boosters, ambassador.card)
    stored = read_model(tmp_path / "a")
    people = training_world(500, 5)
    scored = score_ambassadors(stored_ambassador(stored), stored.card, people, model_id="a1")
    assert tuple(scored.columns) == AMBASSADOR_COLUMNS
    assert scored["currency"].unique().to_list() == ["EUR"]
    # In this world the amount grows with followers alone.
    followers = scored.join(people, on="consumer_key").sort("rank")["followers_largest_count"]
    assert followers.head(50).mean() > 3 * followers.tail(50).mean()  # type: ignore[operator]
    assert scored.equals(score_ambassadors(ambassador.model, ambassador.card, people, model_id="a1"))


def test_without_tracking_there_is_no_ambassador_model(frame: pl.DataFrame) -> None:
    with pytest.raises(NothingToLearnError, match="without tracking nobody knows"):
        train_ambassador(frame.with_columns(referred_purchases_count=pl.lit(None, dtype=pl.Int64)), seed=1, as_of=AS_OF)


def test_nobody_to_score_gives_an_empty_frame_of_the_right_columns(
    trained: TrainedUplift, ambassador: TrainedAmbassador
) -> None:
    nobody = training_world(10, 2).clear()
    assert score_uplift(trained.model, trained.card, nobody, model_id="m").columns == list(UPLIFT_COLUMNS)
    assert score_ambassadors(ambassador.model, ambassador.card, nobody, model_id="m").columns == list(
        AMBASSADOR_COLUMNS
    )
