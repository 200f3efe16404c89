"""What a plan is asked for: products with cost and stock, budget, and the limits of fairness and frequency.

Belongs here: values and their checks. Does not: the command line and files (orchestration), choosing (recruitment.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ml.errors import InputError

# What a minimum share may be asked for. Traits that law or decency protects are none: not even to favour somebody.
FAIR_BY = {"area": "area_id", "tier": "tier"}


@dataclass(frozen=True)
class Product:
    """A product that people may be invited for.

    Attributes:
        product_id: of the brand.
        cost_minor: all that one invitation costs that is accepted: sample, shipping, reward.
        stock: samples there are; None: enough for everybody.
        stock_by_area: area → samples there; an area that is not named has none. None: not kept by area.
        value_factor: worth of one of its purchases, over that of a purchase of the products the scores are for.
    """

    product_id: str
    cost_minor: int
    stock: int | None = None
    stock_by_area: Mapping[str, int] | None = None
    value_factor: float = 1.0

    def __post_init__(self) -> None:
        if self.cost_minor <= 0:
            raise InputError(f"product {self.product_id}: the cost of an invitation must be above 0")
        if not self.value_factor > 0:
            raise InputError(f"product {self.product_id}: a purchase must be worth more than 0")
        amounts = [*([] if self.stock is None else [self.stock]), *(self.stock_by_area or {}).values()]
        if any(amount < 0 for amount in amounts):
            raise InputError(f"product {self.product_id}: a stock is below 0")


@dataclass(frozen=True)
class FairShare:
    """Of the budget, at least this share is kept for people of one area or tier."""

    by: str
    group: str
    least: float

    def __post_init__(self) -> None:
        if self.by not in FAIR_BY:
            raise InputError(
                f"a fair share by {self.by} is refused: only by {', '.join(FAIR_BY)}, never by protected traits"
            )
        if not 0 < self.least <= 1:
            raise InputError(f"the share kept for {self.by} {self.group} must lie above 0 and at most at 1")


@dataclass(frozen=True)
class PlanRequest:
    """Everything asked of a plan.

    Attributes:
        as_of: the plan's day; invitations count back from it.
        budget_minor: all invitations together cost at most this.
        areas: only people who live there; None: everywhere.
        exploration_share: of the budget, spent on people drawn by lot.
        rest_days: nobody is invited who was invited less than so many days ago.
        fair: minimum shares of the budget.
        seed: of the lot.
    """

    as_of: date
    budget_minor: int
    products: tuple[Product, ...]
    areas: frozenset[str] | None = None
    exploration_share: float = 0.05
    rest_days: int = 30
    fair: tuple[FairShare, ...] = field(default_factory=tuple)
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.products:
            raise InputError("a plan needs at least one product")
        names = [product.product_id for product in self.products]
        if len(set(names)) < len(names):
            raise InputError("a product is named twice")
        if not 0 <= self.exploration_share < 1:
            raise InputError(f"the exploration share must be at least 0 and below 1, not {self.exploration_share}")
        if self.rest_days < 0:
            raise InputError("the days between two invitations cannot be below 0")
        cheapest = min(product.cost_minor for product in self.products)
        if self.budget_minor < cheapest:
            raise InputError(
                f"the budget of {self.budget_minor} is below the cheapest invitation, which costs {cheapest}"
            )
        for by in FAIR_BY:
            if sum(fair.least for fair in self.fair if fair.by == by) > 1 + 1e-9:
                raise InputError(f"the shares kept by {by} add up to more than the whole budget")
