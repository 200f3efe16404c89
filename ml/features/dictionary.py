"""Every feature by name: its unit, its group, its meaning in plain words; and what may never be one.

Belongs here: the list that models, reasons, the features gate and the documents read. Does not: how a feature is
computed (purchases.py, affinity.py, publishing.py, history.py, telling.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ml.errors import InputError
from ml.special_categories import refuse_special

Unit = Literal["count", "minor", "days", "share", "points"]

# Windows end the day before the decision. 365 days is NULL where the data does not reach that far back.
WINDOWS_DAYS = (30, 90, 365)
AFFINITY_WINDOWS_DAYS = (90, 365)
UGC_WINDOWS_DAYS = (90, 365)

# Protected traits and what stands in for them: a home area or language tells of origin, a usual store of income.
FORBIDDEN_COLUMNS = frozenset(
    {
        "age_band",
        "is_minor",
        "language",
        "home_area_id",
        "preferred_store_id",
        "unit_kind",
        "gender",
        "name",
        "consent_scoring",
        "consent_contact",
        "consent_ugc_reuse",
    }
)

# At most eight groups: reasons name a group first (explain.py).
GROUPS = (
    "how often they buy",
    "how much they spend",
    "interest in these products",
    "shopping habits",
    "time as a customer",
    "what they publish",
    "audience",
    "past campaigns and referrals",
)
_BUYS, _SPENDS, _INTEREST, _HABITS, _TIME, _PUBLISHES, _AUDIENCE, _PAST = GROUPS


@dataclass(frozen=True)
class Feature:
    """One feature.

    Attributes:
        name: column of the feature frame.
        group: one of GROUPS.
        unit: count, minor (money), days, share (0 to 1) or points (as the survey's or tier's scale).
        meaning: plain words that a value can follow ("purchases in the last 30 days").
    """

    name: str
    group: str
    unit: Unit
    meaning: str


def _windowed(name: str, group: str, unit: Unit, meaning: str, windows: Iterable[int]) -> list[Feature]:
    return [Feature(f"{name}_{days}d_{unit}", group, unit, f"{meaning} in the last {days} days") for days in windows]


FEATURES: tuple[Feature, ...] = (
    *_windowed("purchases", _BUYS, "count", "purchases", WINDOWS_DAYS),
    Feature("last_purchase_age_days", _BUYS, "days", "days since the last purchase"),
    *_windowed("net_spend", _SPENDS, "minor", "net spend", WINDOWS_DAYS),
    Feature("basket_mean_365d_minor", _SPENDS, "minor", "average basket in the last 365 days"),
    *_windowed("campaign_products_lines", _INTEREST, "count", "purchases of these products", AFFINITY_WINDOWS_DAYS),
    Feature("campaign_products_last_age_days", _INTEREST, "days", "days since they last bought these products"),
    *_windowed("campaign_category_spend", _INTEREST, "minor", "net spend in the category", AFFINITY_WINDOWS_DAYS),
    Feature("campaign_category_spend_90d_share", _INTEREST, "share", "share of purchases in the category, 90 days"),
    Feature("campaign_category_last_age_days", _INTEREST, "days", "days since they last bought in the category"),
    Feature("online_365d_share", _HABITS, "share", "share of purchases online, 365 days"),
    Feature("returns_365d_share", _HABITS, "share", "share of lines returned, 365 days"),
    Feature("discount_365d_share", _HABITS, "share", "share of the price that was discount, 365 days"),
    Feature("products_per_purchase_365d_count", _HABITS, "count", "lines a purchase, 365 days"),
    Feature("first_purchase_age_days", _TIME, "days", "days since the first known purchase"),
    Feature("joined_age_days", _TIME, "days", "days since they joined"),
    *_windowed("ugc", _PUBLISHES, "count", "posts and reviews", UGC_WINDOWS_DAYS),
    Feature("reviews_365d_count", _PUBLISHES, "count", "reviews in the last 365 days"),
    Feature("rating_mean_365d_share", _PUBLISHES, "share", "average rating given (1 = full marks), 365 days"),
    Feature("last_ugc_age_days", _PUBLISHES, "days", "days since the last post or review"),
    Feature("followers_largest_count", _AUDIENCE, "count", "followers of their largest account"),
    Feature("accounts_known_count", _AUDIENCE, "count", "known accounts"),
    Feature("campaigns_before_count", _PAST, "count", "earlier campaigns they took part in"),
    Feature("last_campaign_age_days", _PAST, "days", "days since their last campaign began"),
    Feature("accepted_before_count", _PAST, "count", "invitations accepted"),
    Feature("tasks_before_count", _PAST, "count", "tasks done in earlier campaigns"),
    Feature("codes_redeemed_before_count", _PAST, "count", "codes they redeemed"),
    Feature("referrals_365d_count", _PAST, "count", "people who used their code or link, 365 days"),
    Feature("people_told_mean_count", _PAST, "count", "people they told, by their own account"),
    Feature("recommend_last_points", _PAST, "points", "how likely they recommend, last answer (0-10)"),
)
# What the ambassador model alone reads, beside FEATURES: how a person tells others, and what came of it.
TELLING: tuple[Feature, ...] = (
    Feature("posts_before_count", _PUBLISHES, "count", "posts of their own accord on record"),
    Feature("reviews_before_count", _PUBLISHES, "count", "reviews of their own accord on record"),
    Feature("ugc_on_record_days", _PUBLISHES, "days", "days of posts and reviews on record"),
    Feature("engagements_365d_count", _AUDIENCE, "count", "likes, comments and shares of their posts, 365 days"),
    Feature("referrals_before_count", _PAST, "count", "purchases others made on their word"),
    Feature("referrals_expected_count", _PAST, "count", "such purchases of an average member of the same campaigns"),
)
# What a score is made of beyond features, named so that its reasons add up.
PARTS: tuple[Feature, ...] = (
    Feature("own_extra_purchases_count", _INTEREST, "count", "purchases more of their own, expected of contact"),
)
FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
TELLING_NAMES: tuple[str, ...] = tuple(feature.name for feature in TELLING)
AMBASSADOR_FEATURE_NAMES: tuple[str, ...] = (*FEATURE_NAMES, *TELLING_NAMES)
BY_NAME: dict[str, Feature] = {feature.name: feature for feature in (*FEATURES, *TELLING, *PARTS)}


def check_allowed(names: Iterable[str]) -> None:
    """Refuse features that are protected traits, stand in for one, tell of a special category, or have no entry here.

    Raises:
        InputError: with the names.
    """
    found = list(names)
    forbidden = sorted(FORBIDDEN_COLUMNS.intersection(found))
    if forbidden:
        raise InputError(f"{forbidden} may never be features: they are protected traits or stand in for one")
    refuse_special(found, "features")
    unknown = sorted(set(found) - set(BY_NAME))
    if unknown:
        raise InputError(f"{unknown} have no entry in ml/features/dictionary.py: describe them there first")
