"""The outputs on fairness: design_quality (were the people compared alike) and score_results (what scores were worth).

Belongs here: descriptions only, as in contract.py, which lists them among the others.
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF, DESIGNS
from orchestration.exports.schema import Column, Output

_CHOSEN = "chance decided: not needed"


def _bound(factor: str, words: str, end: str) -> Column:
    return Column(
        f"effect_{end}_if_odds_{factor}",
        f"{end}, odds off by {words}",
        "number",
        f"{'lower' if end == 'low' else 'upper'} end of the effect's range if the odds of being chosen are off by up "
        f"to a factor of {words}",
        unit="see unit",
        when_null=f"{_CHOSEN}, or nothing measured",
        unit_column="unit",
    )


DESIGN_QUALITY = Output(
    name="design_quality",
    title="How fair the comparisons were",
    grain="One row per comparison of people: per campaign drawn by chance, per campaign and outcome where people were "
    "chosen, and per outcome of scores that were learned from chosen people.",
    purpose="Whether the people compared were alike, whom a result is about, and how strong a hidden cause must be to "
    "erase it. Read it beside campaign_results and uplift_scores.",
    sort_key=("compared_for", "subject_id", "outcome"),
    columns=(
        Column(
            "compared_for",
            "Compared for",
            "text",
            "a campaign's result, or what scores were learned from",
            allowed=("campaign", "scores"),
        ),
        Column("subject_id", "Campaign or model", "text", "the brand's id of the campaign, or the model's name"),
        Column("campaign_name", "Name", "text", "name of the campaign", when_null="not given, or not a campaign"),
        Column("outcome", "What is counted", "text", "the outcome", when_null="every outcome: the people are the same"),
        Column("design", "Design", "text", "how the people compared came into their groups", allowed=DESIGNS),
        Column(
            "verdict",
            "Verdict",
            "text",
            "passed: alike; attention: some known trait still differs; failed: do not rely on the comparison",
            allowed=("passed", "attention", "failed"),
        ),
        Column("in_words", "In words", "text", "the verdict in one or two sentences"),
        Column("traits_count", "Traits compared", "integer", "known traits compared", unit="traits"),
        Column(
            "traits_differ_before_count",
            "differed at first",
            "integer",
            "traits whose groups differ by .1 standard deviations or more as they are (a fair draw leaves a few too)",
            unit="traits",
        ),
        Column(
            "traits_differ_after_count",
            "still differ",
            "integer",
            "the same after people were weighted to be alike",
            unit="traits",
            when_null=_CHOSEN,
        ),
        Column(
            "largest_difference_before",
            "largest at first",
            "number",
            "largest difference of a trait's means (counts and money as logarithms)",
            unit="standard deviations",
            when_null="no trait is known of enough people",
        ),
        Column(
            "largest_difference_after",
            "largest that stays",
            "number",
            "the same after weighting",
            unit="standard deviations",
            when_null=_CHOSEN,
        ),
        Column(
            "most_different_trait",
            "Differs most",
            "text",
            "the trait with the largest difference that stays",
            when_null="no trait is known of enough people",
        ),
        Column(
            "chance_of_such_a_draw",
            "Chance of such a draw",
            "share",
            "how often a fair draw leaves the groups at least so different",
            unit="0 to 1",
            when_null="nobody drew: people were chosen",
        ),
        Column("people_count", "People", "integer", "people considered", unit="people", when_null=_CHOSEN),
        Column("chosen_count", "of these chosen", "integer", "people who took part", unit="people", when_null=_CHOSEN),
        Column(
            "comparable_count",
            "Comparable",
            "integer",
            "people who could as well have been chosen as not (estimated chance between 5 and 95 %)",
            unit="people",
            when_null=_CHOSEN,
        ),
        Column(
            "without_counterpart_share",
            "Without counterpart",
            "share",
            "people outside that range: the result is not about them",
            unit="0 to 1",
            when_null=_CHOSEN,
        ),
        Column(
            "worth_chosen",
            "worth, chosen",
            "number",
            "how many people of equal weight the chosen are worth after weighting",
            unit="people",
            when_null=_CHOSEN,
        ),
        Column(
            "worth_others",
            "worth, others",
            "number",
            "how many people of equal weight the others are worth after weighting",
            unit="people",
            when_null=_CHOSEN,
        ),
        Column("about_whom", "About whom", "text", "whom the result is about", when_null="everybody in the draw"),
        Column(
            "hidden_cause_to_erase",
            "Hidden cause to erase it",
            "share",
            "share of what is left unexplained, of who was chosen and of what they did alike, that an unknown cause "
            "must explain to bring the effect to zero",
            unit="0 to 1",
            when_null=f"{_CHOSEN}, or nothing measured",
        ),
        Column(
            "hidden_cause_to_doubt",
            "Hidden cause to doubt it",
            "share",
            "the same to bring the effect's range to zero; 0: it holds zero without any",
            unit="0 to 1",
            when_null=f"{_CHOSEN}, or nothing measured",
        ),
        Column(
            "strongest_known_cause",
            "Strongest known cause",
            "text",
            "the group of known traits that would disturb most if it were unknown",
            when_null=f"{_CHOSEN}, or nothing measured",
        ),
        Column(
            "shift_by_such_a_cause",
            "Shift by such a cause",
            "number",
            "how far an unknown cause as strong as that one can move the effect",
            unit="see unit",
            when_null=f"{_CHOSEN}, or nothing measured",
            unit_column="unit",
        ),
        Column(
            "odds_factor_to_doubt",
            "Odds factor to doubt it",
            "number",
            "the smallest factor on the odds of being chosen whose range holds zero; 1: it does without any",
            unit="ratio",
            when_null=f"{_CHOSEN}, nothing measured, or above 10",
        ),
        *(
            _bound(factor, words, end)
            for factor, words in (("1_25", "1.25"), ("1_50", "1.5"), ("2_00", "2"))
            for end in ("low", "high")
        ),
        Column(
            "unit",
            "Unit",
            "text",
            "unit of the figures of this row: `share` (0.05 = 5 more in 100), or a currency code (main units)",
            when_null="no such figure",
        ),
        AS_OF,
        ALL_BASES,
    ),
)


def _realised(name: str, title: str, meaning: str) -> Column:
    when_null = "not yet mature, or not measured: see note"
    return Column(name, title, "number", meaning, unit="see unit", when_null=when_null, unit_column="unit")


def _share(name: str, title: str, meaning: str) -> Column:
    return Column(name, title, "share", meaning, unit="0 to 1", when_null="not yet mature, or too few people")


SCORE_RESULTS = Output(
    name="score_results",
    title="How earlier scores did",
    grain="One row per day of scores, campaign learned from, outcome, comparison and group of people.",
    purpose="What contact was expected to bring in each group, beside what it brought, told by people kept out by lot "
    "and by later campaigns with a draw. Says until when the newest scores have to wait.",
    sort_key=("scored_on", "campaign_id", "outcome", "compared_with", "later_campaign_id", "people_group"),
    columns=(
        Column("scored_on", "Scored on", "date", "day of the scores that are looked back on"),
        Column("campaign_id", "Campaign", "text", "the campaign the scores were made for"),
        Column("outcome", "What is counted", "text", "the outcome the effect is on"),
        Column("model_id", "Model", "text", "the model that made the scores"),
        Column(
            "compared_with",
            "Told by",
            "text",
            "people kept out by lot: the standing holdout, never contacted; a later campaign: its own draw",
            allowed=("people kept out by lot", "a later campaign"),
        ),
        Column(
            "later_campaign_id", "Later campaign", "text", "the brand's id of it", when_null="told by people kept out"
        ),
        Column("people_group", "People", "text", "everybody, a place on the list, or a group by its name"),
        Column(
            "status",
            "Status",
            "text",
            "how far it can be told",
            allowed=("measured", "not yet mature", "not measured"),
        ),
        Column("in_words", "In words", "text", "the result in one sentence"),
        Column("people_count", "People", "integer", "people who could be contacted, or took part", unit="people"),
        Column(
            "compared_count",
            "Compared with",
            "integer",
            "people kept out, or not drawn",
            unit="people",
            when_null="not yet mature",
        ),
        _share("contacted_share", "Contacted", "share of people_count who were contacted since"),
        _share("compared_contacted_share", "contacted, compared", "share of compared_count who were all the same"),
        _realised("predicted_extra", "Expected", "mean expected extra outcome per contacted person"),
        _realised("realised_extra", "Realised", "mean extra outcome per contacted person, as it turned out"),
        _realised("realised_low", "low", "lower end of its range"),
        _realised("realised_high", "high", "upper end of its range"),
        Column(
            "interval_level",
            "Range holds",
            "share",
            "how often such a range holds the truth",
            unit="0 to 1",
            when_null="not yet mature, or not measured: see note",
        ),
        Column("unit", "Unit", "text", "`share` (0.05 = 5 more in 100), or a currency code (main units)"),
        Column("matures_on", "Known from", "date", "day the last outcome is known", when_null="unknown"),
        Column("note", "Note", "text", "why it cannot be told", when_null="nothing to add"),
        AS_OF,
        ALL_BASES,
    ),
)
