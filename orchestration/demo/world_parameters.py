"""The parameters of a demo world as types.

Belongs here: every knob of the world and its check. Does not: reading files (parameter_files.py), what a knob does.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Shares = dict[str, Share]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Time(_Table):
    starts_on: date
    reference_on: date
    days_after: Annotated[int, Field(ge=0)]
    brand_zone: str
    currency: str
    outcome_days: Annotated[int, Field(ge=7, le=365)]
    launch_lead_days: Annotated[int, Field(ge=0)]

    @property
    def reference_day(self) -> int:
        """Days from the first simulated day to the reference day."""
        return (self.reference_on - self.starts_on).days

    @property
    def days(self) -> int:
        """Number of simulated days."""
        return self.reference_day + 1 + self.days_after

    @property
    def last_on(self) -> date:
        return self.starts_on + timedelta(days=self.days - 1)


class People(_Table):
    consumers: Annotated[int, Field(ge=100, le=5_000_000)]
    joined_before_share: Share
    minors_share: Share
    age_unknown_share: Share
    languages: Shares
    prosumer_share: Share
    loyalty_spread: NotNegative


class Graph(_Table):
    mean_degree: Positive
    degree_spread: NotNegative
    same_area_share: Share
    closure_share: Share


class Places(_Table):
    stores: Annotated[int, Field(ge=4)]
    stores_per_area: Positive
    store_spread: NotNegative
    opened_later_share: Share
    closed_share: Share
    zones: Shares


class Sales(_Table):
    consumer_baskets_per_month: Positive
    anonymous_baskets_per_store_week: Positive
    week_shock: NotNegative
    store_shock: NotNegative
    store_shock_memory: Share
    lines_log_mean: float
    lines_log_spread: NotNegative
    price_log_mean: float
    price_log_spread: NotNegative
    extra_units_mean: NotNegative
    discount_share: Share
    return_share_store: Share
    return_share_online: Share
    late_lines_share: Share
    preferred_store_share: Share
    online_share_of_tested: Share
    online_identified_share: Share
    categories: Annotated[int, Field(ge=3, le=8)]
    products_per_category: Annotated[int, Field(ge=4)]


class Pages(_Table):
    products: Annotated[int, Field(ge=4)]
    views_per_day: Positive
    conversion: Share
    new_visitor_share: Share
    marketplace_views_factor: NotNegative


class Accounts(_Table):
    account_share: Share
    followers_median: Positive
    followers_log_spread: NotNegative
    followers_unknown_share: Share
    snapshot_days: Annotated[int, Field(ge=1)]
    edges_share: Share
    edges_cap: Annotated[int, Field(ge=1)]
    linked_share: Share
    linked_late_share: Share
    conflicting_links_share: Share
    strangers_share: Share


class Talk(_Table):
    posts_per_year: NotNegative
    reviews_per_product_year: NotNegative
    review_author_linked_share: Share
    undated_share: Share
    deleted_share: Share
    syndicated_share: Share
    personal_data_share: Share
    incentive_disclosed_share: Share
    survey_share: Share


class Consent(_Table):
    """granted: share ever granted; withdrawn: share of the people who granted it and took it back later."""

    granted: Share
    withdrawn: Share


class Modifiers(_Table):
    recency: float
    affinity: float
    past_ugc: float
    young: float
    followers: float
    unseen: float


class Influence(_Table):
    sociability: float
    past_ugc: float
    unseen: float
    loyalty: float
    audience_elasticity: float


class Effects(_Table):
    """Every true effect; the comments of default.toml say what each is."""

    first_purchase: Annotated[float, Field(ge=-0.5, le=0.5)]
    base_purchase: Annotated[float, Field(gt=0, lt=0.9)]
    friends: NotNegative
    audience: NotNegative
    store_lift: NotNegative
    store_lift_spread: NotNegative
    nano_area: float
    macro_area: float
    synergy: float
    synergy_order: float
    burst_views: NotNegative
    reviews_at_50: Annotated[float, Field(gt=-1)]
    review_step_at_50: Annotated[float, Field(gt=-1)]
    rating: float
    trust: float
    posts: Share
    code_share: Share
    code_without_cause_share: Share
    modifiers: Modifiers
    influence: Influence


class Prosumers(_Table):
    lead_months: Annotated[int, Field(ge=0, le=36)]
    taste_spread: NotNegative
    taste_memory: Share


class WordOfMouth(_Table):
    told_mean: Positive
    told_dispersion: Positive
    relay: Share
    fan_out: NotNegative


class CampaignPlan(_Table):
    """A campaign as planned; `unit` none: members are chosen, not randomised."""

    name: str
    kind: Literal["product_test", "seeding", "review", "mixed"]
    unit: Literal["consumer", "store", "area", "product", "none"]
    starts_before: int
    days: Annotated[int, Field(ge=7)]
    share: Share = 0.0
    treated: tuple[Share, ...] = Field(min_length=1, max_length=2)
    untreated_arm: Literal["control", "holdout"]
    products: Annotated[int, Field(ge=1)]
    bursts: Annotated[int, Field(ge=0)] = 0
    reviews_per_product: NotNegative = 0.0
    strength: float = 1.0

    @property
    def is_tested_on_people(self) -> bool:
        """True where products are kept for a campaign among consumers, so that first purchases are its outcome."""
        return self.unit in ("consumer", "none")


class WorldParameters(_Table):
    """A demo world, completely: equal parameters give equal bytes."""

    seed: int
    time: Time
    people: People
    graph: Graph
    places: Places
    sales: Sales
    pages: Pages
    accounts: Accounts
    talk: Talk
    consents: dict[Literal["scoring", "contact", "ugc_reuse"], Consent]
    effects: Effects
    prosumers: Prosumers
    word_of_mouth: WordOfMouth
    campaigns: dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], CampaignPlan]

    @model_validator(mode="after")
    def _first_zone_is_the_brands(self) -> WorldParameters:
        if next(iter(self.places.zones), None) != self.time.brand_zone:
            raise ValueError(f"places.zones must begin with the brand's zone {self.time.brand_zone}")
        return self

    @model_validator(mode="after")
    def _campaigns_fit_the_time(self) -> WorldParameters:
        for campaign_id, plan in self.campaigns.items():
            day = self.time.reference_day - plan.starts_before
            if not 0 <= day < self.time.days:
                raise ValueError(f"campaign {campaign_id} starts on day {day}, outside 0 to {self.time.days - 1}")
        return self
