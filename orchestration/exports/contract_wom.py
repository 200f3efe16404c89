"""The outputs about how far talk reaches and whom it follows: word of mouth, and the lead of prosumers.

Belongs here: descriptions only. Does not: how rows are made.
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF, CAMPAIGN, DESIGNS
from orchestration.exports.columns_talk import LEVEL, NAME, NOT_MEASURED, NOTE, ranged
from orchestration.exports.schema import Column, Output

_OF_ALL = "stands in the row of everybody, or not known: see note"
STEPS = ("everybody", "told by members", "told by their hearers", "third step", "fourth step", "fifth step")


def _count(name: str, title: str, meaning: str, unit: str) -> Column:
    return Column(name, title, "integer", meaning, unit=unit, when_null=_OF_ALL)


def _share(name: str, title: str, meaning: str) -> Column:
    return Column(name, title, "share", meaning, unit="0 to 1", when_null=_OF_ALL)


WOM_REACH = Output(
    name="wom_reach",
    title="Reach by word of mouth",
    grain="One row per campaign with a survey of what people told, and step of the telling; the first is everybody.",
    purpose="How many people heard of it from a campaign's members and from those who heard it from them, offline; "
    "what the survey cannot carry, and how many to ask for a range of plus or minus 15 %.",
    sort_key=("campaign_id", "step_no"),
    columns=(
        CAMPAIGN,
        NAME,
        Column(
            "step_no", "Step", "integer", "0: everybody; 1: told by members; 2: by those who heard it …", unit="no."
        ),
        Column("step", "Told by whom", "text", "the step in words", allowed=STEPS),
        Column(
            "in_words", "In words", "text", "the result in one sentence", when_null="stands in the row of everybody"
        ),
        Column(
            "status",
            "Status",
            "text",
            "in part: only what members told themselves",
            allowed=("measured", "in part", "not measured"),
        ),
        *ranged("people", "People told", "people told, each as often as told", "people"),
        LEVEL,
        *ranged(
            "different_people",
            "Different people",
            "those people counted once, living where the members live: at most so many, since friends share friends",
            "people",
            _OF_ALL,
        ),
        *ranged(
            "listed_people",
            "Different people, from two surveys",
            "people who heard of it, from how many of them are in both of two surveys of hearers",
            "people",
            _OF_ALL,
        ),
        *ranged("told_mean", "Told per member", "people a member told", "people", _OF_ALL),
        *ranged("relay_probability", "Tell it on", "share of those who heard it who told somebody", "0 to 1", _OF_ALL),
        *ranged("fan_out", "Told per person who tells it on", "people told by one of these", "people", _OF_ALL),
        *ranged(
            "relay_ratio",
            "Told per hearer",
            "people told by one hearer on average: below 1 the talk ends",
            "people",
            _OF_ALL,
        ),
        *ranged(
            "remembered_share",
            "Remembered",
            "share of the people told that answers still held, from members asked twice; what was forgotten is added",
            "0 to 1",
            _OF_ALL,
        ),
        _share("positive_share", "Of these told good", "share of people told whose teller spoke well of it"),
        _share("negative_share", "Of these told bad", "share of people told whose teller spoke badly of it"),
        _count("members_count", "Members", "members the answers stand for", "people"),
        Column(
            "members_group", "Which members", "text", "the group of members the answers stand for", when_null=_OF_ALL
        ),
        _count("asked_count", "Members who answered", "members who said how many people they told", "people"),
        _count("unanswered_count", "Left it open", "members asked who did not say", "people"),
        _count(
            "hearers_count",
            "Hearers who answered",
            "people who had heard it and said whether they told others",
            "people",
        ),
        _count("members_needed_count", "Members to ask", "answers of members for a range of ± 15 %", "people"),
        _count("hearers_needed_count", "Hearers to ask", "answers of hearers for a range of ± 15 %", "people"),
        NOTE,
        AS_OF,
        ALL_BASES,
    ),
)

LEAD_VERDICTS = ("leads", "leads by less", "no lead found", "not measured")


def _when(name: str, title: str, meaning: str) -> Column:
    return Column(name, title, "integer", meaning, unit="months", when_null=NOT_MEASURED)


PROSUMER_LEAD = Output(
    name="prosumer_lead",
    title="Do prosumers lead",
    grain="One row per lag of 1 to 18 months; one row without a lag where nothing can be said.",
    purpose="Whether what early, socially active buyers buy comes 6 to 18 months before what everybody else buys; "
    "a claim to test, which may come out empty.",
    sort_key=("lag_months",),
    columns=(
        Column("lag_months", "Months earlier", "integer", "months compared", unit="months", when_null="not measured"),
        Column(
            "fit",
            "Fit",
            "number",
            "how well the cohort's purchases so many months before go with everybody else's; 1: perfectly, 0: not",
            unit="correlation, -1 to 1",
            when_null=NOT_MEASURED,
        ),
        Column("is_best", "Best fit", "boolean", "true: the lag that fits best", when_null=NOT_MEASURED),
        Column("in_words", "In words", "text", "the result in one sentence; the same in every row"),
        Column(
            "verdict",
            "Verdict",
            "text",
            "leads: by 6 to 18 months, and chance is ruled out; leads by less: by 1 to 5 months",
            allowed=LEAD_VERDICTS,
        ),
        _when("best_months", "Leads by", "the lag that fits best"),
        _when("best_months_low", "low", "shortest lag that fits nearly as well"),
        _when("best_months_high", "high", "longest lag that fits nearly as well"),
        LEVEL,
        Column(
            "chance",
            "Chance",
            "share",
            "how often chance alone gives as good a fit at any lag of 6 to 18 months",
            unit="0 to 1",
            when_null=NOT_MEASURED,
        ),
        Column(
            "chance_reversed",
            "Chance, the other way round",
            "share",
            "the check: the same for everybody else leading the cohort; low means that both follow something else",
            unit="0 to 1",
            when_null=NOT_MEASURED,
        ),
        Column("cohort", "Cohort", "text", "whose purchases are compared; the rule stands in the method notes"),
        Column(
            "people_count", "People in it", "integer", "people of the cohort", unit="people", when_null=NOT_MEASURED
        ),
        Column(
            "others_count", "Everybody else", "integer", "known buyers not in it", unit="people", when_null=NOT_MEASURED
        ),
        Column(
            "categories_count",
            "Categories",
            "integer",
            "categories compared",
            unit="categories",
            when_null=NOT_MEASURED,
        ),
        Column("months_count", "Months", "integer", "whole months compared", unit="months", when_null=NOT_MEASURED),
        Column("design", "Design", "text", "observational: no proof of cause", allowed=DESIGNS),
        NOTE,
        AS_OF,
        ALL_BASES,
    ),
)
