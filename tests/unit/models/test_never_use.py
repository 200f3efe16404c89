"""Features a brand forbids: unknown names are refused, and no model can use what it cannot see."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ml.score import score_uplift
from ml.train import train_uplift
from orchestration.errors import ConfigurationError
from orchestration.settings import load_settings
from orchestration.training import without
from tests.unit.ml.worlds import training_world

DEMO = Path(__file__).resolve().parents[3] / "examples" / "demo" / "nanolift.toml"


def test_a_name_that_is_no_feature_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "nanolift.toml"
    file.write_text(DEMO.read_text() + '\n[models]\nnever_use = ["shoe_size"]\n')
    with pytest.raises(ConfigurationError, match="'shoe_size' is no feature"):
        load_settings(file)
    file.write_text(DEMO.read_text() + '\n[models]\nnever_use = ["followers_largest_count"]\n')
    assert load_settings(file).models.never_use == ("followers_largest_count",)


def test_a_forbidden_feature_moves_no_score_and_is_no_reason() -> None:
    # In this world recency decides the effect; without it nobody can be told from anybody by it.
    name = "last_purchase_age_days"
    trained = train_uplift(
        without(training_world(2000, 1, spread=0.2), [name]), "first_purchase", seed=1, as_of=date(2025, 6, 30)
    )
    people = training_world(500, 2)
    scored, blind = (
        score_uplift(trained.model, trained.card, frame, model_id="m") for frame in (people, without(people, [name]))
    )
    assert scored.equals(blind)
    reasons = pl.concat([scored["reason_1"], scored["reason_2"], scored["reason_3"]]).drop_nulls()
    assert not reasons.str.contains("days since the last purchase").any()
