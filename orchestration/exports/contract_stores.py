"""The outputs about stores: what campaigns caused in stores and areas, as a whole and week by week.

Belongs here: descriptions only. Does not: how rows are made (store_lift.py).
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF, CAMPAIGN, DESIGNS
from orchestration.exports.schema import Column, Output

_NOT_MEASURED = "not measured: see note"
VERDICTS = ("clear gain", "clear loss", "not clear", "not measured")
COUNTED = {"store_sales": "sales", "store_receipts": "receipts"}


def _count(name: str, title: str, meaning: str, unit: str) -> Column:
    return Column(name, title, "integer", meaning, unit=unit, when_null=_NOT_MEASURED)


def _ratio(name: str, title: str, meaning: str, when_null: str = _NOT_MEASURED) -> Column:
    return Column(name, title, "number", meaning, unit="ratio: 0.15 is 15 % more", when_null=when_null)


def _extra(name: str, title: str, meaning: str) -> Column:
    return Column(name, title, "number", meaning, unit="see unit", when_null=_NOT_MEASURED, unit_column="unit")


def _chance(name: str, title: str, meaning: str) -> Column:
    return Column(name, title, "share", meaning, unit="0 to 1", when_null=_NOT_MEASURED)


STORE_LIFT = Output(
    name="store_lift",
    title="Store lift",
    grain="One row per campaign with stores or areas and per thing counted (sales, receipts).",
    purpose="What each campaign caused in the stores it touched, against stores it did not touch, with its range and "
    "two checks; or why that cannot be told.",
    sort_key=("campaign_id", "counted"),
    columns=(
        CAMPAIGN,
        Column("campaign_name", "Name", "text", "name of the campaign", when_null="not given"),
        Column("counted", "What is counted", "text", "net sales, or receipts", allowed=tuple(COUNTED.values())),
        Column("in_words", "In words", "text", "the result in one sentence"),
        Column(
            "verdict",
            "Verdict",
            "text",
            "clear: the range and the comparison with untouched groups agree that it is no chance",
            allowed=VERDICTS,
        ),
        _ratio("lift", "Lift", "extra sales or receipts of the stores that took part, divided by those without"),
        _ratio("lift_low", "low", "lower end of the lift's range"),
        _ratio("lift_high", "high", "upper end of the lift's range"),
        Column(
            "interval_level",
            "Range holds",
            "share",
            "how often such a range holds the truth",
            unit="0 to 1",
            when_null=_NOT_MEASURED,
        ),
        _extra("extra", "Extra", "extra sales (main units, not cents) or receipts of all stores that took part"),
        _extra("extra_low", "low", "lower end of the extra's range"),
        _extra("extra_high", "high", "upper end of the extra's range"),
        Column("unit", "Unit", "text", "`receipts`, or a currency code", when_null=_NOT_MEASURED),
        Column(
            "design",
            "Design",
            "text",
            "randomised: chance chose the stores; matched, observational: no proof of cause",
            allowed=DESIGNS,
        ),
        Column(
            "counted_unit", "Compared", "text", "stores, or areas with all of their stores", allowed=("store", "area")
        ),
        _count("treated_count", "Took part", "stores or areas that took part", "units"),
        _count("compared_count", "Compared with", "stores or areas that did not", "units"),
        _count("left_out_count", "Left out", "not open through the whole time before and after", "units"),
        Column("starts_on", "From", "date", "first day counted as after the start", when_null=_NOT_MEASURED),
        Column("ends_on", "To", "date", "last day of the last whole week (or day) counted", when_null=_NOT_MEASURED),
        _count("days_before_count", "Days before", "days before the start the comparison rests on", "days"),
        _chance(
            "chance_by_range", "Chance, by its range", "how often chance alone gives a lift at least as far from 0"
        ),
        _chance(
            "chance_among_untouched",
            "Chance, among untouched groups",
            "share of groups of untouched stores whose lift is at least as far from 0",
        ),
        _chance(
            "chance_among_stretches",
            "Chance, among stretches of time",
            "share of stretches of the same stores' past and present that are at least as far from the rest",
        ),
        _ratio(
            "check_lift",
            "Check before the campaign",
            "the same comparison just before, where no effect can be",
            "no check was possible",
        ),
        _ratio("check_low", "low", "lower end of the check's range", "no check was possible"),
        _ratio("check_high", "high", "upper end of the check's range", "no check was possible"),
        Column(
            "check",
            "Check",
            "text",
            "passed: the check's range holds 0",
            when_null="no check was possible",
            allowed=("passed", "failed"),
        ),
        _ratio("smallest_lift", "Smallest lift it could find", "true lift that such a test finds 8 times in 10"),
        _ratio("fit_before", "Fit before", "usual gap, week by week, between the two groups' totals before the start"),
        Column(
            "size_difference",
            "Larger by",
            "number",
            "how much larger the stores that took part were before",
            unit="standard deviations",
            when_null=_NOT_MEASURED,
        ),
        Column(
            "trend_difference",
            "Growing more by",
            "number",
            "how much more they grew just before",
            unit="standard deviations",
            when_null=_NOT_MEASURED,
        ),
        Column(
            "nearest_km",
            "Distance",
            "number",
            "middle distance of a compared store to the nearest one that took part: near ones may have felt it too",
            unit="kilometres",
            when_null="not measured, or places are not known",
        ),
        Column("note", "Note", "text", "what to keep in mind, or what is missing", when_null="nothing to add"),
        AS_OF,
        ALL_BASES,
    ),
)


def _sold(name: str, title: str, meaning: str) -> Column:
    return Column(
        name, title, "number", f"{meaning}; all stores that took part together", unit="see unit", unit_column="unit"
    )


STORE_LIFT_WEEKS = Output(
    name="store_lift_weeks",
    title="Store lift, week by week",
    grain="One row per campaign with stores or areas, thing counted, and week (day where the campaign was short).",
    purpose="What the stores that took part sold each week beside what they would have sold, and how far chance alone "
    "leads; weeks before the campaign show how well the comparison fits. One week proves nothing: store_lift does.",
    sort_key=("campaign_id", "counted", "period_starts_on"),
    columns=(
        CAMPAIGN,
        Column("campaign_name", "Name", "text", "name of the campaign", when_null="not given"),
        Column("counted", "What is counted", "text", "net sales, or receipts", allowed=tuple(COUNTED.values())),
        Column("period_starts_on", "From", "date", "first day of the week (or day)"),
        Column("period_days_count", "Days", "integer", "length of the period", unit="days"),
        Column("is_after", "After the start", "boolean", "whether the campaign had begun"),
        _sold("seen", "Seen", "sales (main units, not cents) or receipts"),
        _sold("without", "Without the campaign", "what the other stores tell would have been sold"),
        _sold("without_low", "low", "lower end of where chance alone leads: a like group, to which nothing happened"),
        _sold("without_high", "high", "upper end of where chance alone leads"),
        Column("interval_level", "Band holds", "share", "how often chance alone stays within the band", unit="0 to 1"),
        Column("unit", "Unit", "text", "`receipts`, or a currency code"),
        AS_OF,
        ALL_BASES,
    ),
)
STORE_OUTPUTS = (STORE_LIFT, STORE_LIFT_WEEKS)
