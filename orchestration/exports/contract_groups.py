"""Which cells of the outputs count people, or what people wrote, and what else would tell a count of too few.

Belongs here: the rule of each output, why others need none, what the contract says of a cell that is not shown. Does
not: taking the cells out (small_groups.py).

A count of 1 to 9 could point at a person; a 0 points at nobody. A count of pieces is too small where fewer than ten
people wrote them, however many they wrote. Shares are not shown where what they are a share of is too small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orchestration.exports.retelling import as_note
from orchestration.exports.schema import Column, Output

SMALLEST_GROUP = 10
TOO_FEW = f"fewer than {SMALLEST_GROUP} people"
WITHHELD = Column(
    "withheld",
    "Not shown",
    "text",
    "why cells of the row are empty",
    when_null="nothing is left out",
    allowed=(TOO_FEW,),
)
NOT_SHOWN = as_note("fewer than 10 people: not shown")


@dataclass(frozen=True)
class Rule:
    """Which cells of an output are taken out.

    Attributes:
        cells: column that counts → columns that go with it, since they would tell the count or describe the few.
        within: rows alike in these add up to a total that stands elsewhere: where exactly one of them is taken out, the
            next smallest goes too. Judged by the first of `cells`.
        of_pieces: those of `cells` that count pieces; the builder gives, beside each, how many people wrote them.
        when: (column, value) of the rows concerned; None: all.
        says: what other columns say in a row whose first cell is taken out.
        shown: columns in people or pieces that stay, each with the reason.
    """

    cells: Mapping[str, tuple[str, ...]]
    within: tuple[str, ...] = ()
    of_pieces: tuple[str, ...] = ()
    when: tuple[str, str] | None = None
    says: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)

    @property
    def first(self) -> str:
        return next(iter(self.cells))

    @property
    def emptied(self) -> frozenset[str]:
        """Every column that may be taken out."""
        return frozenset(self.cells).union(*self.cells.values())


def people_of(count: str) -> str:
    """The column, beside a count of pieces, of how many people wrote them; never published."""
    return f"{count}__people"


def _ends(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}{end}" for name in names for end in ("", "_low", "_high"))


def _alone(*names: str) -> dict[str, tuple[str, ...]]:
    return {f"{name}_count": () for name in names}


_PUBLIC_AUDIENCE = "an audience or an estimate of one, not a group that is described"
_NEEDED = "how many answers a survey needs: nobody is counted"
_RATES = (*_ends("per_1000_transactions"), *_ends("per_1000_views"))
_REACH = (
    *("gross_reach", "unique_reach", "unique_low", "unique_high", "interval_level", "bound_low", "bound_high"),
    *("overlap", "effective_unique", "effective_low", "effective_high", "contacts", "bad_contacts", "good_contacts"),
    *("bad_pieces_count", "good_pieces_count", "pieces_count", "reported_pieces_count", "modelled_pieces_count"),
    *("unseen_pieces_count", "sized_accounts_count", "listed_accounts_count", "cost_per_1000_effective"),
    *("cost_per_1000_contacts", *_ends("cost_per_1000_unique")),
)
_KINDS_OF_PIECES = ("last_90_days", "unpaid", "incentive", "undisclosed", "copies_left_out", "look_twice")

RULES: dict[str, Rule] = {
    "campaign_results": Rule(
        _alone("treatment", "control", "holdout", "comparison", "invited", "accepted", "delivered", "published", "ugc"),
        of_pieces=("ugc_count",),
        shown={
            "treated_count": "effects are measured from 30 people on; else it counts stores or areas",
            "compared_count": "effects are measured from 30 people on; else it counts stores or areas",
        },
    ),
    "posts_sell": Rule(
        {"buyers_count": _ends("share"), "people_count": _ends("share")},
        says={"status": "not measured", "note": NOT_SHOWN},
    ),
    "wom_reach": Rule(
        _alone("asked", "unanswered", "hearers", "members"),
        shown=dict.fromkeys(_ends("people", "different_people", "listed_people"), _PUBLIC_AUDIENCE)
        | dict.fromkeys(_ends("told_mean", "fan_out", "relay_ratio"), "a mean over the answers, told from 30 on")
        | {"members_needed_count": _NEEDED, "hearers_needed_count": _NEEDED},
    ),
    "reach": Rule(
        {"accounts_count": _REACH},
        within=("campaign_id",),
        says={"how": "not measured", "note": NOT_SHOWN},
        shown={"population": "everybody on the platforms"},
    ),
    "engagement": Rule(
        {"accounts_count": ("pieces_count", "value", "low", "high", "strata_count")}, says={"note": NOT_SHOWN}
    ),
    "design_quality": Rule(
        _alone("people", "chosen", "comparable"),
        shown=dict.fromkeys(("worth_chosen", "worth_others"), "a weight of at least 30 people, not a count"),
    ),
    "score_results": Rule(
        {"people_count": ("contacted_share",), "compared_count": ("compared_contacted_share",)},
    ),
    "service_audit": Rule(
        {"pieces_count": ("front_count", *_ends("front_ratio")), "front_count": ("front_ratio",)},
        within=("group_kind",),
        of_pieces=("pieces_count", "front_count"),
    ),
    "campaign_pacing": Rule({"members_count": ("reached_count", "reached_share"), "reached_count": ("reached_share",)}),
    "moments": Rule(
        {"pieces_count": ("positive_count", "negative_count", "after_campaign_count", *_RATES)}
        | _alone("positive", "negative", "after_campaign", "unsure", "before"),
        within=("subject_kind", "period", "moment"),
        of_pieces=("pieces_count", *_alone("positive", "negative", "after_campaign", "unsure", "before")),
    ),
    "moments_by_month": Rule(
        {"pieces_count": ("positive_count", "negative_count")} | _alone("positive", "negative"),
        within=("moment",),
        of_pieces=("pieces_count", "positive_count", "negative_count"),
    ),
    "store_alerts": Rule(
        {
            "recent_count": ("recent_per_1000", "times_as_often"),
            "earlier_count": ("earlier_per_1000", "times_as_often"),
        },
        of_pieces=("recent_count", "earlier_count"),
    ),
    "ugc_kinds": Rule(
        {
            "pieces_count": ("language_told_share", "read_share", "last_90_days_count", "unpaid_count", "texts_count"),
            "texts_count": tuple(
                f"{name}_share" for name in ("language_told", "read", "positive", "neutral", "negative", "unsure")
            ),
        }
        | _alone(*_KINDS_OF_PIECES),
        of_pieces=("pieces_count", "texts_count", *_alone(*_KINDS_OF_PIECES)),
    ),
    "data_quality": Rule({"value": ()}, when=("area", "people")),
}  # fmt: skip

# Outputs that count people or pieces and show every count, or count none.
NO_RULE: dict[str, str] = {
    "extra_sales": "new buyers are an estimate with its range, made from groups of 30 and more",
    "store_lift": "counts stores, areas and days; sales of a store are no personal data",
    "store_lift_weeks": "counts days; sales of stores are no personal data",
    "review_effect": "counts pages, products, weeks and orders over all of them",
    "prosumer_lead": "said only of a cohort of 50 people and more",
    "synergy": "counts areas, stores and pages",
    "brand_effect": "said only from 30 answers a side on",
    "trust_sensitivity": "contacts are audiences, not groups that are described",
    "reach_curve": "means over draws of accounts; campaigns with fewer than 10 accounts have no curve",
    "model_quality": "figures of a model over everybody it is judged on",
    "text_check": "tells of the reading, by label: no place, no day, no group of people",
}


def protected(output: Output) -> Output:
    """An output as it is published: cells that may be taken out say so, and a column says why they are empty."""
    rule = RULES.get(output.name)
    if rule is None:
        return output
    columns = [
        replace(column, when_null=f"{column.when_null}; or {NOT_SHOWN}" if column.when_null else NOT_SHOWN)
        if column.name in rule.emptied
        else column
        for column in output.columns
    ]
    place = next(number for number, column in enumerate(columns) if column.name == "as_of")
    return replace(output, columns=(*columns[:place], WITHHELD, *columns[place:]), version=output.version + 1)
