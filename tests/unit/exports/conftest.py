"""A world of six people, four campaigns and two sources, small enough to work every expected value out by hand.

p1 consents; p2 was never asked; p3 withdrew; p4 is a known minor; p5 and p6 consent. as_of is 2026-06-30.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from orchestration.exports.context import ExportContext, GateOutcome, ModelOutcome
from orchestration.exports.inputs import INPUTS

Frames = dict[str, pl.DataFrame]
AS_OF = date(2026, 6, 30)


def frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The input `name` with these rows; columns not given are NULL."""
    schema = INPUTS[name]
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


def _people() -> list[dict[str, Any]]:
    granted = {"consent_scoring": "granted", "tier": "nano", "followers_count": 300, "accounts_count": 1}
    return [
        {"consumer_key": "p1", "consent_contact": "granted", "is_minor": False} | granted,
        {"consumer_key": "p2", "tier": "unknown"},
        {"consumer_key": "p3"} | granted | {"consent_scoring": "withdrawn"},
        {"consumer_key": "p4", "is_minor": True} | granted,
        {"consumer_key": "p5", "consent_scoring": "granted", "tier": "unknown"},
        {"consumer_key": "p6", "consent_contact": "withdrawn"} | granted | {"tier": "micro", "followers_count": 5_000},
    ]


def _ugc() -> list[dict[str, Any]]:
    stands = {"is_counted": True, "platform_or_site": "clipcast", "ugc_kind": "post"}
    p1 = {"consumer_key": "p1", "is_organic": True} | stands
    return [
        p1 | {"published_on": date(2026, 4, 2), "likes_count": 4},  # the first day of the 90 days to 30 June
        p1 | {"published_on": date(2026, 6, 30), "is_organic": False},
        p1 | {"published_on": date(2026, 4, 1)},  # one day too old
        p1 | {"published_on": date(2026, 6, 29), "deleted_at": datetime(2026, 6, 30)},
        p1 | {"published_on": None},
    ]


def _members() -> list[dict[str, Any]]:
    spring = {"campaign_id": "spring", "window_status": "complete", "currency": "EUR"}
    return [
        spring
        | {"consumer_key": "p1", "arm": "treatment", "accepted_on": date(2026, 3, 1), "active_on": date(2026, 3, 9)}
        | {"referred_net_minor": 150_00},
        spring
        | {"consumer_key": "p6", "arm": "treatment", "accepted_on": date(2026, 3, 2), "referred_net_minor": 50_00},
        spring | {"consumer_key": "p5", "arm": "control"},
        {"campaign_id": "lone", "consumer_key": "p1", "arm": "treatment", "window_status": "complete"},
    ]


EFFECT: dict[str, Any] = {
    "campaign_id": "spring",
    "outcome": "first_purchase",
    "unit": "consumer",
    "treated_count": 200,
    "control_count": 100,
    "control_mean": 0.10,
    "effect": 0.05,
    "effect_low": 0.02,
    "effect_high": 0.08,
    "interval_level": 0.9,
    "relative_effect": 0.5,
    "placebo_effect": 0.001,
    "placebo_low": -0.02,
    "placebo_high": 0.02,
    "design": "randomised",
    "estimator": "adjusted difference",
    "status": "measured",
}


def _scores() -> Frames:
    reasons = {"reason_1": "bought three times", "reason_2": None, "reason_3": None}
    model = {"model_id": "m1", "model_as_of": date(2026, 6, 1)} | reasons
    uplift = {"campaign_id": "spring", "outcome": "first_purchase", "design": "randomised"} | model
    money = uplift | {"outcome": "net_spend", "uplift": 250.0, "group_label": "unknown", "rank": 1}
    quality = {"expected_through_others_minor": 1_000, "currency": "EUR", "is_exploration": True}
    return {
        "uplift": frame(
            "uplift",
            [
                uplift | {"consumer_key": "p3", "uplift": 0.4, "rank": 1, "group_label": "contact helps"},
                uplift | {"consumer_key": "p1", "uplift": 0.3, "rank": 2, "group_label": "contact helps"},
                uplift | {"consumer_key": "p6", "uplift": -0.1, "rank": 3, "group_label": "contact hurts"},
                money | {"consumer_key": "p1"},
            ],
        ),
        "ambassador": frame(
            "ambassador",
            [
                model | quality | {"consumer_key": "p4", "expected_value_minor": 9_000, "rank": 1, "loyalty_rank": 3},
                model | quality | {"consumer_key": "p6", "expected_value_minor": 8_000, "rank": 2, "loyalty_rank": 2},
                model | quality | {"consumer_key": "p1", "expected_value_minor": 1_250, "rank": 3, "loyalty_rank": 1},
            ],
        ),
    }


@pytest.fixture
def frames() -> Frames:
    return {
        "dim_consumers": frame("dim_consumers", _people()),
        "dim_campaigns": frame(
            "dim_campaigns",
            [
                {"campaign_id": "spring", "name": "Spring tasting", "kind": "product_test"}
                | {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31)},
                {"campaign_id": "lone", "name": None, "kind": "seeding"},
                {"campaign_id": "empty", "name": "Nobody came", "kind": "seeding"},
            ],
        ),
        "fct_sales_lines": frame(
            "fct_sales_lines",
            [
                {"consumer_key": "p1", "business_on": date(2026, 5, 5), "is_return": False},
                {"consumer_key": "p1", "business_on": date(2026, 5, 9), "is_return": True},
                {"consumer_key": None, "business_on": date(2026, 5, 9), "is_return": False},
            ],
        ),
        "fct_ugc": frame("fct_ugc", _ugc()),
        "fct_campaign_members": frame("fct_campaign_members", _members()),
        "fct_campaign_costs": frame(
            "fct_campaign_costs",
            [
                {"campaign_id": "spring", "amount_minor": 100_00, "currency": "EUR"},
                {"campaign_id": "spring", "amount_minor": 20_50, "currency": "EUR"},
                {"campaign_id": "lone", "amount_minor": 10_00, "currency": "EUR"},
                {"campaign_id": "lone", "amount_minor": 10_00, "currency": "USD"},
            ],
        ),
        "fct_campaigns": frame("fct_campaigns", [{"campaign_id": "spring", "is_sales_additive": True}]),
        "campaign_effects": frame("campaign_effects", [EFFECT]),
        "loads": frame(
            "loads",
            [
                {"source": "till", "stream": "pos_lines", "rows_read": 10, "rows_accepted": 7, "rows_quarantined": 2}
                | {"rows_duplicate": 1, "conflicting_duplicates": 0, "last_occurred_on": date(2026, 6, 30)},
                {"source": "till", "stream": "pos_lines", "rows_read": 5, "rows_accepted": 5, "rows_quarantined": 0}
                | {"rows_duplicate": 0, "conflicting_duplicates": 0, "last_occurred_on": date(2026, 6, 1)},
            ],
        ),
        **_scores(),
    }


@pytest.fixture
def context() -> ExportContext:
    return ExportContext(
        brand_name="Café Müller",
        as_of=AS_OF,
        timezone="Europe/Paris",
        currency="EUR",
        tier_preset="nano below 1,000, micro to 100,000",
        nano_below=1_000,
        micro_up_to=100_000,
        source_basis={"till": "consent", "social": "research_dataset"},
        gates=(GateOutcome("landing", True, 12), GateOutcome("marts", True, 30)),
        models=(ModelOutcome("uplift", "promoted", "beats ranking at random", "m1", date(2026, 6, 1)),),
        design_notes=("Outcome windows are 90 days.",),
    )


@pytest.fixture
def every_group_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts of a world of a handful are shown, where a test is about what they are (test_small_groups.py)."""
    monkeypatch.setattr("orchestration.exports.small_groups.SMALLEST_GROUP", 1)
