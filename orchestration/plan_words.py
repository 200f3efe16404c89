"""The words of `nanolift plan` as a request: products, stock, areas, fair shares, amounts; every name known.

Belongs here: parsing and refusing. Does not: the plan (ml/planning), files (recruitment.py).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import polars as pl

from ml.planning.request import FairShare, PlanRequest, Product
from orchestration.errors import ConfigurationError, SourceError
from orchestration.exports.columns import TIERS
from orchestration.exports.formatting import currency_decimals
from orchestration.plan_inputs import Published

STOCK_COLUMNS = ("product_id", "area_id", "stock")


@dataclass(frozen=True)
class Asked:
    """What was typed. products: ID[=COST[:STOCK]], fair: area:ID=SHARE or tier:NAME=SHARE; money in main units."""

    workspace: Path
    budget: str
    products: tuple[str, ...]
    areas: tuple[str, ...] = ()
    stock: Path | None = None
    keep: tuple[str, ...] = ()
    exploration: float = 0.05
    rest_days: int = 30
    seed: int = 1
    name: str = "next"


def request_of(asked: Asked, published: Published) -> PlanRequest:
    """The typed words as a request, every name of it known."""
    currency = published.settings.brand.currency
    areas = _known(_split(asked.areas), published.area_ids, "area")
    stock = _stock_by_area(asked.stock, published)
    products = tuple(_product(words, published, currency, stock) for words in _split(asked.products))
    strangers = sorted(set(stock) - {product.product_id for product in products})
    if strangers:
        raise ConfigurationError(f"{asked.stock} has stock of {', '.join(strangers)}, which --products does not name")
    if empty := [area for area in areas if not any(_is_stocked(product, area) for product in products)]:
        raise ConfigurationError(
            f"no product has stock in {', '.join(empty)}: leave the area out, or add it to --stock"
        )
    budget = _minor(asked.budget, currency, "--budget")
    cheapest = min((product.cost_minor for product in products), default=0)
    if budget < cheapest:
        cost = cheapest / 10 ** currency_decimals(currency)
        raise ConfigurationError(
            f"--budget {asked.budget} {currency} is below the cheapest invitation, which costs {cost:g}"
        )
    return PlanRequest(
        as_of=published.generation.as_of,
        budget_minor=budget,
        products=products,
        areas=frozenset(areas) or None,
        exploration_share=asked.exploration,
        rest_days=asked.rest_days,
        fair=tuple(_fair(words, published) for words in _split(asked.keep)),
        seed=asked.seed,
    )


def _product(words: str, published: Published, currency: str, stock: Mapping[str, dict[str, int]]) -> Product:
    """ID[=COST[:STOCK]]; without a cost, that of a delivered sample in the last campaign with the product."""
    name, _, told_cost = words.partition("=")
    cost, _, amount = told_cost.partition(":")
    _known([name], published.product_ids, "product")
    if cost:
        minor = _minor(cost, currency, f"the cost of {name}")
    elif name in published.usual_costs:
        minor = published.usual_costs[name]
    else:
        raise ConfigurationError(f"{name}: no campaign's costs tell what an invitation costs; write {name}=4.50")
    if amount and not amount.isdigit():
        raise ConfigurationError(f"{words}: the stock of {name} must be a whole number, not {amount!r}")
    return Product(
        name,
        minor,
        stock=int(amount) if amount else None,
        stock_by_area=stock.get(name) if stock else None,
        value_factor=published.value_factors.get(name, 1.0),
    )


def _stock_by_area(file: Path | None, published: Published) -> dict[str, dict[str, int]]:
    if file is None:
        return {}
    try:
        rows = pl.read_csv(file, schema_overrides={"product_id": pl.String, "area_id": pl.String, "stock": pl.Int64})
        rows = rows.select(STOCK_COLUMNS).drop_nulls()
    except pl.exceptions.PolarsError as error:
        raise SourceError(f"{file}: needs the columns {', '.join(STOCK_COLUMNS)}: {error}") from error
    _known(rows["area_id"].unique().sort().to_list(), published.area_ids, "area")
    if rows.select("product_id", "area_id").is_duplicated().any():
        raise SourceError(f"{file}: a product and area stand there twice")
    found: dict[str, dict[str, int]] = {}
    for product, area, count in rows.iter_rows():
        found.setdefault(product, {})[area] = count
    return found


def _fair(words: str, published: Published) -> FairShare:
    """area:ID=SHARE or tier:NAME=SHARE."""
    by, _, rest = words.partition(":")
    group, _, share = rest.rpartition("=")
    try:
        fair = FairShare(by, group, float(share))
    except ValueError:
        raise ConfigurationError(f"--keep {words}: write area:ID=SHARE or tier:NAME=SHARE, SHARE from 0 to 1") from None
    _known([group], published.area_ids if by == "area" else frozenset(TIERS), by)
    return fair


def _is_stocked(product: Product, area: str) -> bool:
    return product.stock != 0 and (product.stock_by_area is None or product.stock_by_area.get(area, 0) > 0)


def _known(names: Sequence[str], known: frozenset[str], what: str) -> Sequence[str]:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), 3)
            hint = f"; did you mean {', '.join(near)}?" if near else f"; {len(known)} are known"
            raise ConfigurationError(f"no {what} {name!r} in the published data{hint}")
    return names


def _split(words: Iterable[str]) -> list[str]:
    return [part.strip() for word in words for part in word.split(",") if part.strip()]


def _minor(text: str, currency: str, what: str) -> int:
    try:
        amount = Decimal(text) * 10 ** currency_decimals(currency)
    except InvalidOperation:
        raise ConfigurationError(f"{what}: {text!r} is no amount of {currency}; write it like 2500 or 4.50") from None
    if not amount.is_finite() or amount <= 0 or amount != int(amount):
        raise ConfigurationError(f"{what}: {text} is no amount of {currency} above 0 in its smallest unit")
    return int(amount)
