"""The one contract with marketers: every output, its columns, units, and what an empty cell means.

Belongs here: descriptions only. Does not: how rows are made (people.py, scores.py, campaigns.py, quality.py), files
(writers.py). A column that is removed, renamed, retyped or changes its meaning raises the output's `version` and gets
a line in CHANGELOG.md; docs/exports.md is generated from this file (`python -m orchestration.exports.docs`).
"""

from __future__ import annotations

from dataclasses import replace

from orchestration.exports.columns import (
    ALL_BASES,
    AS_OF,
    BASIS,
    CAMPAIGN,
    CONSUMER,
    DESIGNS,
    GROUPS,
    MODEL,
    NOT_A_PREDICTION,
    PERSON_FACTS,
    REACH_AND_CONSENT,
    REASONS,
)
from orchestration.exports.contract_fairness import DESIGN_QUALITY, SCORE_RESULTS
from orchestration.exports.contract_ledger import EXTRA_SALES
from orchestration.exports.contract_quality import MODEL_QUALITY
from orchestration.exports.contract_reach import REACH_OUTPUTS
from orchestration.exports.contract_reviews import REVIEW_EFFECT
from orchestration.exports.contract_stores import STORE_LIFT
from orchestration.exports.contract_talk import TALK_OUTPUTS
from orchestration.exports.contract_texts import TEXT_OUTPUTS
from orchestration.exports.schema import Column, Output

AMBASSADOR_CANDIDATES = Output(
    name="ambassador_candidates",
    title="Ambassador candidates",
    grain="One row per person who may be listed (neither scoring consent withdrawn nor known to be a minor).",
    purpose="Facts about people worth asking, before anything was learned: not a prediction, and in no order of merit.",
    sort_key=("consumer_key",),
    columns=(
        CONSUMER,
        Column("label", "What this is", "text", "facts only", allowed=(NOT_A_PREDICTION,)),
        *PERSON_FACTS,
        AS_OF,
        BASIS,
    ),
)

AMBASSADOR_SCORES = Output(
    name="ambassador_scores",
    title="Ambassador scores",
    grain="One row per scored person.",
    purpose="The extra sales expected of inviting each person, through others and of their own, and why.",
    sort_key=("rank", "consumer_key"),
    columns=(
        CONSUMER,
        Column("rank", "Rank", "integer", "1 is the highest expected value on this list", unit="rank"),
        Column(
            "loyalty_rank",
            "Rank by loyalty",
            "integer",
            "the same people by purchases and spend of the last year, for comparison: loyal buyers need not be those "
            "who bring in others",
            unit="rank",
            when_null="no purchases of the person can be known",
        ),
        Column(
            "expected_value_minor",
            "Expected extra sales",
            "minor",
            "sales that would not come without inviting the person: through others, and more purchases of their own",
            unit="minor units of currency",
            unit_column="currency",
        ),
        Column(
            "expected_through_others_minor",
            "… of these through others",
            "minor",
            "the part that others buy because of the person",
            unit="minor units of currency",
            unit_column="currency",
        ),
        Column("currency", "Currency", "text", "ISO 4217 code of the expected sales"),
        Column(
            "is_exploration",
            "Invite to learn",
            "boolean",
            "true: one of a few drawn by lot, worth inviting whatever their rank, so that the list can be judged",
        ),
        *REASONS,
        *PERSON_FACTS,
        *MODEL,
        AS_OF,
        BASIS,
    ),
)

_UNIT = Column(
    "unit",
    "Unit",
    "text",
    "unit of the figures of this row: `share` (0.05 = 5 more in 100), or a currency code (main units, not cents)",
)

UPLIFT_SCORES = Output(
    name="uplift_scores",
    title="Effect of contact, per person",
    grain="One row per campaign learned from, outcome and person.",
    purpose="Whom contact is expected to move, and who would buy anyway or is better left alone.",
    sort_key=("campaign_id", "outcome", "rank", "consumer_key"),
    columns=(
        CAMPAIGN,
        Column("outcome", "What is counted", "text", "the outcome the effect is on"),
        CONSUMER,
        Column("rank", "Rank", "integer", "1 is the largest expected effect on this list", unit="rank"),
        Column("group_label", "Group", "text", "what contact is expected to do", allowed=GROUPS),
        Column(
            "expected_extra",
            "Expected extra",
            "number",
            "expected outcome if contacted, minus if not",
            unit="see unit",
            unit_column="unit",
        ),
        Column(
            "expected_extra_low",
            "low",
            "number",
            "lower end of its range",
            unit="see unit",
            when_null="no range available",
            unit_column="unit",
        ),
        Column(
            "expected_extra_high",
            "high",
            "number",
            "upper end of its range",
            unit="see unit",
            when_null="no range available",
            unit_column="unit",
        ),
        _UNIT,
        *REASONS,
        Column("design", "Learned from", "text", "how the people compared were chosen", allowed=DESIGNS),
        *REACH_AND_CONSENT,
        *MODEL,
        AS_OF,
        BASIS,
    ),
)


def _arm(name: str, title: str, meaning: str) -> Column:
    return Column(
        f"{name}_count", title, "integer", meaning, unit="people or units", when_null="not recorded for this campaign"
    )


def _figure(name: str, title: str, meaning: str, when_null: str = "not measured: see note") -> Column:
    return Column(name, title, "number", meaning, unit="see unit", when_null=when_null, unit_column="unit")


CAMPAIGN_RESULTS = Output(
    name="campaign_results",
    title="Campaign results",
    grain="One row per campaign, outcome and kind of unit compared; one row without outcome where nothing was tried. "
    "Facts of a campaign repeat on its rows: do not add them up.",
    purpose="What each campaign caused, with its range and its check, or why it cannot be measured; facts beside it.",
    sort_key=("campaign_id", "outcome", "counted_unit"),
    columns=(
        CAMPAIGN,
        Column("campaign_name", "Name", "text", "name of the campaign", when_null="not given"),
        Column("kind", "Kind", "text", "what was done", when_null="the brand's system does not name the campaign"),
        Column("starts_on", "Starts", "date", "first day", when_null="unknown"),
        Column("ends_on", "Ends", "date", "last day", when_null="unknown"),
        Column("headline", "In words", "text", "the result in one sentence"),
        Column("status", "Status", "text", "measured or not", allowed=("measured", "not measured")),
        Column("outcome", "What is counted", "text", "the outcome the effect is on", when_null="nothing measured"),
        Column(
            "design",
            "Design",
            "text",
            "randomised: chance chose who took part; matched, observational: no proof of cause",
            when_null="nothing measured",
            allowed=DESIGNS,
        ),
        Column(
            "counted_unit",
            "Compared",
            "text",
            "what was compared: consumer, store, area …",
            when_null="nothing measured",
        ),
        Column(
            "treated_count",
            "Took part",
            "integer",
            "units that took part",
            unit="units",
            when_null="not measured: see note",
        ),
        Column(
            "compared_count",
            "Compared with",
            "integer",
            "units they are compared with",
            unit="units",
            when_null="not measured: see note",
        ),
        replace(_UNIT, when_null="nothing measured"),
        _figure("compared_mean", "Without the campaign", "mean outcome of the units compared with"),
        _figure("effect", "Effect per unit", "mean extra outcome per unit that took part"),
        _figure("effect_low", "low", "lower end of the effect's range"),
        _figure("effect_high", "high", "upper end of the effect's range"),
        Column(
            "interval_level",
            "Range holds",
            "share",
            "how often such a range holds the truth",
            unit="0 to 1",
            when_null="not measured: see note",
        ),
        Column(
            "relative_effect",
            "Effect against without",
            "number",
            "effect divided by compared_mean",
            unit="ratio",
            when_null="not measured, or nothing to divide by",
        ),
        Column(
            "total_effect",
            "Total extra",
            "number",
            "effect times units that took part: buyers where unit is share, else money",
            unit="see unit",
            when_null="not measured: see note",
        ),
        Column(
            "total_effect_low",
            "low",
            "number",
            "lower end of the total",
            unit="see unit",
            when_null="not measured: see note",
        ),
        Column(
            "total_effect_high",
            "high",
            "number",
            "upper end of the total",
            unit="see unit",
            when_null="not measured: see note",
        ),
        _figure(
            "placebo_effect",
            "Check before the campaign",
            "the same comparison where no effect can be",
            "no check was possible: see note",
        ),
        _figure("placebo_low", "low", "lower end of the check's range", "no check was possible: see note"),
        _figure("placebo_high", "high", "upper end of the check's range", "no check was possible: see note"),
        Column(
            "placebo_check",
            "Check",
            "text",
            "passed: the check's range holds 0",
            when_null="no check was possible: see note",
            allowed=("passed", "failed"),
        ),
        Column(
            "design_check",
            "Were the groups alike",
            "text",
            "passed: alike in what is known; attention: some trait differs; failed: do not rely on it (design_quality)",
            when_null="not measured, or too few people to tell",
            allowed=("passed", "attention", "failed"),
        ),
        Column(
            "estimator", "Method", "text", "how the effect was computed: see docs/methods", when_null="nothing measured"
        ),
        Column("note", "Note", "text", "what to keep in mind, or what is missing", when_null="nothing to add"),
        _arm("treatment", "Treatment", "members of the treatment arm"),
        _arm("control", "Control", "members of the control arm"),
        _arm("holdout", "Holdout", "members held out by chance"),
        _arm("comparison", "Comparison", "everybody else, not chosen by chance"),
        _arm("invited", "Invited", "members of the treatment arm who were invited"),
        _arm("accepted", "Accepted", "members of the treatment arm who accepted"),
        _arm("delivered", "Delivered", "members of the treatment arm who got the product"),
        _arm("published", "Published", "members of the treatment arm who published"),
        Column(
            "ugc_count",
            "Posts and reviews",
            "integer",
            "posts, reviews and other pieces that reached the campaign",
            unit="pieces",
            when_null="posts and reviews are not reported",
        ),
        Column(
            "cost_minor",
            "Cost",
            "minor",
            "all booked cost",
            unit="minor units of cost_currency",
            when_null="no cost booked, or costs in several currencies: see note",
            unit_column="cost_currency",
        ),
        Column(
            "cost_currency", "Cost currency", "text", "ISO 4217 code", when_null="no cost booked, or several currencies"
        ),
        Column(
            "claimed_sales_minor",
            "Claimed by codes and links",
            "minor",
            "net sales that came with a member's code or link: what they claim, not what they caused",
            unit="minor units of claimed_currency",
            when_null="codes and links are not tracked, or several currencies",
            unit_column="claimed_currency",
        ),
        Column(
            "claimed_currency",
            "Claimed currency",
            "text",
            "ISO 4217 code",
            when_null="not tracked, or several currencies",
        ),
        Column(
            "is_sales_additive",
            "May be added up",
            "boolean",
            "false: another campaign reached the same people or products; do not add its sales to others'",
            when_null="unknown",
        ),
        AS_OF,
        ALL_BASES,
    ),
)

DATA_QUALITY = Output(
    name="data_quality",
    title="Data quality",
    grain="One row per thing checked: rows, coverage, freshness, a gate, a model, an output, people left out.",
    purpose="What came in, what is missing, what was refused, and what each missing output needs.",
    sort_key=("area", "source", "stream", "item"),
    columns=(
        Column(
            "area",
            "Area",
            "text",
            "what kind of row this is",
            allowed=("rows", "coverage", "freshness", "gate", "output", "model", "change", "people"),
        ),
        Column("source", "Source", "text", "system the data comes from", when_null="not about one source"),
        Column("stream", "Stream", "text", "kind of data", when_null="not about one stream"),
        Column("item", "Item", "text", "what was counted or checked"),
        Column("value", "Value", "number", "the figure", unit="see value_unit", when_null="no figure, or not known"),
        Column("value_unit", "Unit", "text", "rows, people, share (0 to 1), checks", when_null="no figure"),
        Column("date_on", "Date", "date", "the day it is about", when_null="not about a day, or unknown"),
        Column("status", "Status", "text", "how it stands", allowed=("ok", "attention", "missing", "failed")),
        Column("detail", "Detail", "text", "in words", when_null="nothing to add"),
        AS_OF,
        ALL_BASES,
    ),
)

OUTPUTS: dict[str, Output] = {
    output.name: output
    for output in (
        AMBASSADOR_CANDIDATES,
        AMBASSADOR_SCORES,
        UPLIFT_SCORES,
        CAMPAIGN_RESULTS,
        EXTRA_SALES,
        STORE_LIFT,
        REVIEW_EFFECT,
        *TALK_OUTPUTS,
        *REACH_OUTPUTS,
        DESIGN_QUALITY,
        SCORE_RESULTS,
        MODEL_QUALITY,
        *TEXT_OUTPUTS,
        DATA_QUALITY,
    )
}
