"""The one contract with marketers: every output, its columns, units, and what an empty cell means.

Belongs here: descriptions only. Does not: how rows are made (people.py, scores.py, campaigns.py, quality.py), files
(writers.py). A column that is removed, renamed, retyped or changes its meaning raises the output's `version` and gets
a line in CHANGELOG.md; docs/exports.md is generated from this file (`python -m orchestration.exports.docs`).
"""

from __future__ import annotations

from dataclasses import replace

from orchestration.exports.schema import Column, Output

TIERS = ("nano", "micro", "macro", "unknown")
STATES = ("candidate", "member", "active", "ambassador")
BASES = ("consent", "research_dataset")
GROUPS = ("contact helps", "buys anyway", "no effect", "contact hurts", "unknown")
DESIGNS = ("randomised", "matched", "observational")
NOT_A_PREDICTION = "not a prediction"

_AS_OF = Column("as_of", "As of", "date", "last day that was known when the row was made, in the brand's time zone")
_BASIS = Column(
    "basis",
    "Basis",
    "text",
    "why this person may be listed: own consent, or the research basis declared for every source",
    allowed=BASES,
)
_BASES = Column("basis", "Basis", "text", "every basis the run's sources declare, joined by +")
_CONSUMER = Column("consumer_key", "Person", "text", "pseudonym of the person; only the vault leads back to a contact")
_CAMPAIGN = Column("campaign_id", "Campaign", "text", "the brand's id of the campaign")

_PERSON_FACTS = (
    Column("tier", "Audience tier", "text", "by the followers of the largest known account", allowed=TIERS),
    Column("tier_preset", "Tier boundaries", "text", "name of the boundaries in force"),
    Column(
        "followers_count",
        "Followers",
        "integer",
        "followers of the largest known account, never a sum over accounts",
        unit="people",
        when_null="no account of the person is known, or the platform does not report followers",
    ),
    Column(
        "ugc_90_days_count",
        "Posts and reviews, 90 days",
        "integer",
        "posts, photos, videos, comments, reviews and ratings of the last 90 days that still stand",
        unit="pieces",
        when_null="not reported: no account or review of the person is known",
    ),
    Column(
        "organic_ugc_90_days_count",
        "of these unpaid",
        "integer",
        "those of the 90 days known to be unpaid; content of an incentive, disclosed or not, is not among them",
        unit="pieces",
        when_null="not reported: nothing of the person is known, or the incentive of a piece is unknown",
    ),
    Column(
        "last_ugc_on",
        "Last post or review",
        "date",
        "day of the person's latest dated post or review",
        when_null="none known, or undated",
    ),
    Column(
        "last_moment",
        "Last moment",
        "text",
        "what the latest post or review tells of a brand experience",
        when_null="texts are not read yet",
    ),
    Column(
        "last_purchase_on",
        "Last purchase",
        "date",
        "day of the latest purchase, store or online; returns are no purchases",
        when_null="no purchase of the person is known",
    ),
    Column("state", "State", "text", "furthest state reached so far", allowed=STATES),
    Column("member_on", "Member since", "date", "first accepted invitation", when_null="never accepted one"),
    Column("active_on", "Active since", "date", "first told or published as a member", when_null="not active yet"),
    Column(
        "ambassador_on",
        "Ambassador since",
        "date",
        "first unpaid post or review after the campaign the person was active in had ended",
        when_null="not seen",
    ),
    Column(
        "consent_contact",
        "Contact consent",
        "text",
        "consent to be contacted; contact nobody who has withdrawn it",
        when_null="never asked",
        allowed=("granted", "withdrawn"),
    ),
)

# Beside an effect per person: the other facts of a person stand in ambassador_candidates, by consumer_key.
_REACH_AND_CONSENT = tuple(
    column
    for column in _PERSON_FACTS
    if column.name in ("tier", "tier_preset", "followers_count", "state", "consent_contact")
)
_REASONS = tuple(
    Column(
        f"reason_{n}", f"Reason {n}", "text", f"no. {n} of what moved this score most", when_null="no further reason"
    )
    for n in (1, 2, 3)
)
_MODEL = (
    Column("model_id", "Model", "text", "the model that made the score"),
    Column("model_as_of", "Model trained as of", "date", "last day the model learned from"),
)

AMBASSADOR_CANDIDATES = Output(
    name="ambassador_candidates",
    title="Ambassador candidates",
    grain="One row per person who may be listed (neither scoring consent withdrawn nor known to be a minor).",
    purpose="Facts about people worth asking, before anything was learned: not a prediction, and in no order of merit.",
    sort_key=("consumer_key",),
    columns=(
        _CONSUMER,
        Column("label", "What this is", "text", "facts only", allowed=(NOT_A_PREDICTION,)),
        *_PERSON_FACTS,
        _AS_OF,
        _BASIS,
    ),
)

AMBASSADOR_SCORES = Output(
    name="ambassador_scores",
    title="Ambassador scores",
    grain="One row per scored person.",
    purpose="What each person is expected to bring in through others (own purchases are not counted), and why.",
    sort_key=("rank", "consumer_key"),
    columns=(
        _CONSUMER,
        Column("rank", "Rank", "integer", "1 is the highest expected value on this list", unit="rank"),
        Column(
            "expected_value_minor",
            "Expected sales through others",
            "minor",
            "sales the person is expected to bring in through others; not yet proven to be extra sales",
            unit="minor units of currency",
            unit_column="currency",
        ),
        Column("currency", "Currency", "text", "ISO 4217 code of expected_value_minor"),
        *_REASONS,
        *_PERSON_FACTS,
        *_MODEL,
        _AS_OF,
        _BASIS,
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
        _CAMPAIGN,
        Column("outcome", "What is counted", "text", "the outcome the effect is on"),
        _CONSUMER,
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
        *_REASONS,
        Column("design", "Learned from", "text", "how the people compared were chosen", allowed=DESIGNS),
        *_REACH_AND_CONSENT,
        *_MODEL,
        _AS_OF,
        _BASIS,
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
    grain="One row per campaign and outcome; one row with no outcome where nothing could be measured. "
    "Facts of a campaign repeat on its rows: do not add them up.",
    purpose="What each campaign caused, with its range and its check, or why it cannot be measured; facts beside it.",
    sort_key=("campaign_id", "outcome"),
    columns=(
        _CAMPAIGN,
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
        _AS_OF,
        _BASES,
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
            allowed=("rows", "coverage", "freshness", "gate", "output", "model", "people"),
        ),
        Column("source", "Source", "text", "system the data comes from", when_null="not about one source"),
        Column("stream", "Stream", "text", "kind of data", when_null="not about one stream"),
        Column("item", "Item", "text", "what was counted or checked"),
        Column("value", "Value", "number", "the figure", unit="see value_unit", when_null="no figure, or not known"),
        Column("value_unit", "Unit", "text", "rows, people, share (0 to 1), checks", when_null="no figure"),
        Column("date_on", "Date", "date", "the day it is about", when_null="not about a day, or unknown"),
        Column("status", "Status", "text", "how it stands", allowed=("ok", "attention", "missing", "failed")),
        Column("detail", "Detail", "text", "in words", when_null="nothing to add"),
        _AS_OF,
        _BASES,
    ),
)

OUTPUTS: dict[str, Output] = {
    output.name: output
    for output in (AMBASSADOR_CANDIDATES, AMBASSADOR_SCORES, UPLIFT_SCORES, CAMPAIGN_RESULTS, DATA_QUALITY)
}
