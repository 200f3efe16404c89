"""What campaign_results says: members against their comparison, campaign by campaign.

Belongs here: its columns with units and NULL meaning. Does not: filling them (campaigns.py).
"""

from __future__ import annotations

from dataclasses import replace

from orchestration.exports.columns import ALL_BASES, AS_OF, CAMPAIGN, DESIGNS, UNIT
from orchestration.exports.schema import Column, Output


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
        replace(UNIT, when_null="nothing measured"),
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
