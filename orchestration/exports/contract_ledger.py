"""The output about extra sales: each campaign's sum, its parts, and what it cost.

Belongs here: descriptions only. Does not: how rows are made (extra_sales.py).
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF, CAMPAIGN, DESIGNS
from orchestration.exports.schema import Column, Output

_NOT_MEASURED = "not measured: see note"
_OF_SUMS = "not measured, costs not known, or the row is a part"
CHANNELS = ("store", "online", "store and online")
BUYERS = ("everybody in its stores", "members themselves", "people outside the campaign", "all together")
ALL_CAMPAIGNS = "all campaigns"


def _money(name: str, title: str, meaning: str, when_null: str = _NOT_MEASURED) -> Column:
    return Column(
        name, title, "number", f"{meaning}, main units, not cents", unit="see currency", when_null=when_null,
        unit_column="currency",
    )  # fmt: skip


def _per_cost(name: str, title: str, meaning: str) -> Column:
    return Column(name, title, "number", meaning, unit="extra sales for each unit of cost", when_null=_OF_SUMS)


def _buyers(name: str, title: str, meaning: str) -> Column:
    return Column(name, title, "number", meaning, unit="people", when_null=_OF_SUMS)


EXTRA_SALES = Output(
    name="extra_sales",
    title="Extra sales",
    grain="One row per campaign, one per part of its extra sales, and one for all campaigns together.",
    purpose="What each campaign sold beyond what would have been sold, online and in stores, every sale counted once, "
    "beside what codes and links claim and what the campaign cost. Not the sales that went through a code.",
    sort_key=("campaign_id", "part_no"),
    columns=(
        Column("campaign_id", "Campaign", "text", f"{CAMPAIGN.meaning}; `{ALL_CAMPAIGNS}`: the sum"),
        Column("campaign_name", "Name", "text", "name of the campaign", when_null="not given"),
        Column("part_no", "Part", "integer", "0: the campaign's sum; 1, 2, …: its parts", unit="number"),
        Column("in_words", "In words", "text", "the result in one sentence", when_null="the row is a part"),
        Column("status", "Status", "text", "whether the row could be measured", allowed=("measured", "not measured")),
        Column("buyers", "Bought by", "text", "whose purchases", allowed=BUYERS),
        Column("channel", "Bought", "text", "where", allowed=CHANNELS, when_null=_NOT_MEASURED),
        Column("evidence", "Known from", "text", "what says so", when_null="the row is a sum"),
        Column(
            "is_counted", "Counted", "boolean", "whether the part is in the sum; a sale is never in it twice",
            when_null="not measured",
        ),
        _money("extra", "Extra sales", "net sales beyond what would have been sold; of claims what codes show"),
        _money("extra_low", "low", "lower end of the range", "not measured, or a claim, which has no range"),
        _money("extra_high", "high", "upper end of the range", "not measured, or a claim, which has no range"),
        Column("interval_level", "Range holds", "share", "how often such a range holds the truth", unit="0 to 1"),
        Column("currency", "Currency", "text", "of all amounts of the row"),
        Column(
            "design", "Design", "text", "randomised: chance decided all that is counted; else the weakest part's",
            allowed=DESIGNS, when_null="not measured, or the row is a part",
        ),
        _money("claimed", "Codes and links claim", "net sales tied to members' codes and links", "nothing is tracked"),
        _money("cost", "Cost", "product, shipping, fees, rewards and media", "not known, or in several currencies"),
        _per_cost("return_on_cost", "Extra sales per cost", "extra sales divided by all cost (iROAS)"),
        _per_cost("return_on_cost_low", "low", "lower end of the range"),
        _per_cost("return_on_cost_high", "high", "upper end of the range"),
        _buyers("new_buyers", "Extra first-time buyers", "members who bought for the first time because of it"),
        _buyers("new_buyers_low", "low", "lower end of the range"),
        _buyers("new_buyers_high", "high", "upper end of the range"),
        _money("cost_per_new_buyer", "Cost per extra buyer", "all cost per extra first-time buyer", _OF_SUMS),
        _money("cost_per_new_buyer_low", "low", "lower end of the range", _OF_SUMS),
        _money(
            "cost_per_new_buyer_high", "high", "upper end of the range",
            "no upper end: there may be no extra buyer; or as above",
        ),
        Column("note", "Note", "text", "what is left out, or why nothing is known", when_null="nothing to add"),
        AS_OF,
        ALL_BASES,
    ),
)  # fmt: skip
