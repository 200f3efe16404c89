"""The contract's part on plans: whom to invite next, and what each limit is worth.

Belongs here: descriptions only. They are no part of a generation: `nanolift plan` writes them when it is asked, into
plans/ of the workspace, with the same writer and dictionary. Does not: rows (ml/planning/told.py).
"""

from __future__ import annotations

from dataclasses import replace

from orchestration.exports.columns import AS_OF, BASIS, CONSUMER, PERSON_FACTS, REASONS
from orchestration.exports.schema import Column, Output

_NO_SCORE = "insufficient data: the person has no score"
_FACTS = tuple(
    column for column in PERSON_FACTS if column.name in ("tier", "tier_preset", "followers_count", "consent_contact")
)


def _money(name: str, title: str, meaning: str, when_null: str = _NO_SCORE) -> Column:
    return Column(name, title, "minor", meaning, "minor units of currency", when_null, unit_column="currency")


RECRUITMENT_PLAN = Output(
    name="recruitment_plan",
    title="Whom to invite next",
    grain="One row per invitation: a person and a product.",
    purpose="Whom to invite for what, worth most together under the plan's limits; people whom several of the invited "
    "would reach count once. Advice, not a promise.",
    sort_key=("place",),
    columns=(
        Column("place", "Place", "integer", "1 adds most per cost; those drawn by lot come last", unit="rank"),
        CONSUMER,
        Column("product_id", "Product", "text", "what the person is invited for"),
        Column("area_id", "Home area", "text", "where the person lives", when_null="unknown"),
        Column(
            "chosen",
            "Why invited",
            "text",
            "by value: for what the person adds; by lot: drawn whatever the score, so that scores can be judged",
            allowed=("by value", "by lot, to learn"),
        ),
        Column(
            "draw_probability",
            "Chance of the lot",
            "share",
            "chance that the lot drew the person, given how many it drew in their area",
            unit="0 to 1",
            when_null="not drawn by lot",
        ),
        Column("status", "Score", "text", "whether the person has a score", allowed=("scored", "insufficient data")),
        _money("cost_minor", "Cost", "all that the invitation costs if it is accepted", ""),
        _money(
            "alone_minor",
            "Expected if alone",
            "expected extra sales if nobody else were invited; differences in own purchases count in part",
        ),
        _money(
            "adds_minor", "Adds", "expected extra sales beyond those of everybody placed by lot or worth more per cost"
        ),
        _money(
            "adds_low_minor",
            "low",
            "lower end of its range, which all people share",
            "no score, or the scores have no range",
        ),
        _money(
            "adds_high_minor",
            "high",
            "upper end of its range, which all people share",
            "no score, or the scores have no range",
        ),
        _money(
            "shared_minor",
            "Shared with others",
            "what is not counted, because others of the plan reach the same people",
        ),
        Column("currency", "Currency", "text", "ISO 4217 code"),
        *_FACTS,
        *REASONS,
        Column("model_id", "Model", "text", "the model that made the score", when_null=_NO_SCORE),
        Column("model_as_of", "Model trained as of", "date", "last day the model learned from", when_null=_NO_SCORE),
        AS_OF,
        BASIS,
    ),
)

PLAN_LIMITS = Output(
    name="plan_limits",
    title="Limits of the plan",
    grain="One row per limit of the plan.",
    purpose="What each limit allowed, what the plan uses of it, and what one more unit of it would be worth.",
    sort_key=("limit",),
    columns=(
        Column("limit", "Limit", "text", "what is limited"),
        Column("unit", "Unit", "text", "of capacity and used", allowed=("money, minor units", "samples")),
        Column("capacity", "Allowed", "number", "the limit", unit="see unit"),
        Column("used", "Used", "number", "what the plan uses", unit="see unit"),
        Column(
            "price_minor",
            "One more is worth",
            "number",
            "extra sales that one more unit would add at most (dual value of the bound); 0: it does not bind",
            unit="minor units of currency per unit",
            unit_column="currency",
        ),
        Column("currency", "Currency", "text", "ISO 4217 code"),
        AS_OF,
        replace(BASIS, meaning="every basis the run's sources declare, joined by +", allowed=()),
    ),
)

PLAN_OUTPUTS = (RECRUITMENT_PLAN, PLAN_LIMITS)
