"""The effect of displayed reviews: from page histories, and from campaigns whose products or people chance chose.

Belongs here: which estimates are made, and their rows; refusals in words. Does not: panels (panel.py), estimates
(observed.py, seeded.py), its page (docs/methods/review_effect.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import t as student

from ml.arrays import FloatArray
from ml.errors import NothingToLearnError
from ml.measurement.review_effect.campaigns import draw_of, drawn_people, drawn_products, people_reviews
from ml.measurement.review_effect.comparison import AFTER
from ml.measurement.review_effect.curve import REFERENCE, share_of_reference
from ml.measurement.review_effect.observed import Observed, holm, observed_effect
from ml.measurement.review_effect.panel import DISPLAYED, REBUILT, page_weeks
from ml.measurement.review_effect.references import references
from ml.measurement.review_effect.regression import weighted_difference
from ml.measurement.review_effect.schema import CURVE_SCHEMA, EFFECT_SCHEMA, STEP_SCHEMA
from ml.measurement.review_effect.seeded import WIDEST, seeded_effect

INTERVAL_LEVEL = 0.9
STEP_STATED = 50  # the number of reviews the founding claim is about: tested as stated, the others as looked for
STEP_LEVEL = 0.05
LEVELS = (1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 75, 100)
TEN_MORE_FROM = (0, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100)
UPWARD = "observational, likely upward: pages that sell well get reviews because they sell"
PAGE_HISTORY, DRAWN_PRODUCTS, DRAWN_PEOPLE = "page_history", "drawn_products", "drawn_people"
Rows = list[dict[str, Any]]


def review_effects(marts: Mapping[str, pl.DataFrame], as_of: date) -> dict[str, pl.DataFrame]:
    """review_effect, review_effect_curve, review_effect_steps and review_effect_references (schema.py).

    Args:
        marts: fct_page_daily, fct_ugc, fct_campaign_members, dim_campaigns, bridge_campaign_products.
        as_of: last day that is known.
    """
    panel = page_weeks(marts, as_of)
    members = marts["fct_campaign_members"]
    effects: Rows = []
    curves: Rows = []
    steps: Rows = []
    rating = (0.0, 0.0)
    for dose in [dose for dose in (DISPLAYED, REBUILT) if (panel["dose"] == dose).any()] or [DISPLAYED]:
        label = _label(f"pages_{dose}", None, PAGE_HISTORY, "observational") | {"dose": dose}
        try:
            found, row = _page_history(panel.filter(dose=dose))
        except NothingToLearnError as error:
            effects.append(label | {"status": "refused", "note": str(error)})
            continue
        if dose == DISPLAYED:
            rating = (found.rating or 0.0, found.rating_error or 0.0)
        effects.append(label | row)
        curves += _curve_rows(label["result_id"], found.lowest, found.highest, found.between)
        steps += _step_rows(label["result_id"], found)
    products = drawn_products(members)
    for campaigns in [[one] for one in products] + ([products] if len(products) > 1 else []):
        one = campaigns[0] if len(campaigns) == 1 else None
        design = str(members.filter(pl.col("campaign_id").is_in(campaigns))["design"].max())
        label = _label(f"products_{one or 'all'}", one, DRAWN_PRODUCTS, design)
        try:
            row, between = _drawn_products(panel, members, campaigns, rating)
        except NothingToLearnError as error:
            effects.append(label | {"status": "refused", "note": str(error)})
            continue
        effects.append(label | row)
        curves += _curve_rows(label["result_id"], row["reviews_lowest"], row["reviews_highest"], between)
    effects += [_drawn_people(marts, campaign, as_of) for campaign in drawn_people(members)]
    return {
        "review_effect": pl.DataFrame(effects, schema=EFFECT_SCHEMA).sort("result_id"),
        "review_effect_curve": pl.DataFrame(curves, schema=CURVE_SCHEMA).sort(
            "result_id", "kind", "reviews_from", "reviews_to"
        ),
        "review_effect_steps": pl.DataFrame(steps, schema=STEP_SCHEMA).sort("result_id", "reviews_at"),
        "review_effect_references": references(),
    }


def _label(result_id: str, campaign: str | None, method: str, design: str) -> dict[str, Any]:
    return {
        "result_id": result_id,
        "campaign_id": campaign,
        "method": method,
        "design": design,
        "interval_level": INTERVAL_LEVEL,
    }


def _page_history(panel: pl.DataFrame) -> tuple[Observed, dict[str, Any]]:
    if panel.is_empty():
        raise NothingToLearnError("no page has a week with orders and a known number of reviews (product_page_daily)")
    found = observed_effect(panel, INTERVAL_LEVEL)
    logs = [float(end[0]) for end in found.between(np.zeros(1), np.array([REFERENCE]), INTERVAL_LEVEL)]
    if not (np.isfinite(logs).all() and abs(logs[0]) <= WIDEST):
        raise NothingToLearnError("too few orders for as many pages, weeks and reviews: the curve is all noise")
    middle, low, high = (float(np.expm1(end)) for end in logs)
    is_told = _was_seen(0.0, REFERENCE, found.lowest, found.highest)
    beyond = f"pages with orders showed {found.lowest:.0f} to {found.highest:.0f} reviews: 0 against 50 is not told"
    return found, {
        "outcome": _outcome(panel),
        "effect_at_50": middle if is_told else None,
        "effect_low": low if is_told else None,
        "effect_high": high if is_told else None,
        "placebo_effect": _ratio(found.next_log),
        "placebo_low": _ratio(found.next_low),
        "placebo_high": _ratio(found.next_high),
        "pages_count": found.pages,
        "products_count": found.products,
        "weeks_count": found.weeks,
        "orders_count": found.orders,
        "reviews_lowest": found.lowest,
        "reviews_highest": found.highest,
        "rating_effect": _ratio(found.rating),
        "status": "measured",
        "note": UPWARD if is_told else f"{UPWARD}; {beyond}",
    }


def _drawn_products(
    panel: pl.DataFrame, members: pl.DataFrame, campaigns: list[str], rating: tuple[float, float]
) -> tuple[dict[str, Any], Any]:
    own = members.filter(pl.col("campaign_id").is_in(campaigns), pl.col("unit") == "product")
    if (own["design"] != "randomised").any():
        raise NothingToLearnError("chance did not choose the products: name the unit of the draw (assignment_unit)")
    draw = draw_of(panel, members, campaigns)
    found = seeded_effect(draw.rows, INTERVAL_LEVEL, *rating)

    def between(low: FloatArray, high: FloatArray, level: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        share = share_of_reference(high) - share_of_reference(low)
        return found.log_effect * share, found.log_low * share, found.log_high * share

    after = draw.rows.period == AFTER
    lowest, highest = (float(draw.reviews.quantile(q, "nearest") or 0.0) for q in (0.02, 0.98))
    return {
        "dose": draw.dose,
        "outcome": "orders_per_view" if draw.has_views else "orders_per_day",
        "effect_at_50": _ratio(found.log_effect),
        "effect_low": _ratio(found.log_low),
        "effect_high": _ratio(found.log_high),
        "gain": found.gain,
        "gain_low": found.gain_low,
        "gain_high": found.gain_high,
        "reviews_gained": found.reviews_gained,
        "reviews_gained_low": found.reviews_low,
        "reviews_gained_high": found.reviews_high,
        "placebo_effect": found.before,
        "placebo_low": found.before_low,
        "placebo_high": found.before_high,
        "pages_count": int(np.unique(draw.rows.page).size),
        "products_count": int(draw.rows.treated.size),
        "treated_count": int(draw.rows.treated.sum()),
        "control_count": int((~draw.rows.treated).sum()),
        "weeks_count": draw.weeks,
        "orders_count": int(draw.rows.orders[after].sum()),
        "reviews_lowest": lowest,
        "reviews_highest": highest,
        "rating_effect": _ratio(rating[0]) if rating[1] else None,
        "status": "measured",
    }, between


def _drawn_people(marts: Mapping[str, pl.DataFrame], campaign: str, as_of: date) -> dict[str, Any]:
    """Reviews that members wrote more than people held out; what those do to sales, a draw of people cannot tell."""
    label = _label(f"people_{campaign}", campaign, DRAWN_PEOPLE, "randomised") | {"outcome": "reviews_per_100_members"}
    try:
        people = people_reviews(marts, campaign, as_of)
        if min(int(people["is_treated"].sum()), int((~people["is_treated"]).sum())) < 30:
            raise NothingToLearnError("fewer than 30 people were asked, or held out")
        if people["reviews"].sum() == 0:
            raise NothingToLearnError("no review of its products is linked to a person (consumer_links)")
    except NothingToLearnError as error:
        return label | {"status": "refused", "note": str(error)}
    treated = people["is_treated"].cast(pl.Float64).to_numpy()
    chance = people["assignment_probability"].fill_null(people["share"]).clip(1e-6, 1 - 1e-6).to_numpy()
    cluster = people["cluster"].to_numpy().astype(np.int64)
    weight = np.where(treated > 0, 1 / chance, 1 / (1 - chance))
    middle, spread = weighted_difference(
        100 * people["reviews"].to_numpy(), treated, np.ones((treated.size, 1)), weight, cluster
    )
    reach = float(student.ppf(0.5 + INTERVAL_LEVEL / 2, int(np.unique(cluster).size) - 2)) * spread
    return label | {
        "reviews_gained": middle,
        "reviews_gained_low": middle - reach,
        "reviews_gained_high": middle + reach,
        "treated_count": int(treated.sum()),
        "control_count": int(treated.size - treated.sum()),
        "status": "measured",
        "note": "every visitor of a page sees the same reviews: what they do to sales needs products drawn by lot",
    }


def _curve_rows(result: str, lowest: float, highest: float, between: Any) -> Rows:
    pairs = [("level", 0, n) for n in LEVELS] + [("ten_more", n, n + 10) for n in TEN_MORE_FROM]
    start, end = (np.array([pair[place] for pair in pairs], dtype=np.float64) for place in (1, 2))
    ends = [np.expm1(values) for values in between(start, end, INTERVAL_LEVEL)]
    return [
        {
            "result_id": result,
            "kind": kind,
            "reviews_from": low,
            "reviews_to": high,
            "effect": float(ends[0][n]),
            "effect_low": float(ends[1][n]),
            "effect_high": float(ends[2][n]),
        }
        for n, (kind, low, high) in enumerate(pairs)
        if _was_seen(low, high, lowest, highest)
    ]


def _was_seen(low: float, high: float, lowest: float, highest: float) -> bool:
    """Whether enough pages showed both numbers of reviews, so that the curve is not drawn on beyond them."""
    return lowest <= low + 1 and high <= highest


def _step_rows(result: str, found: Observed) -> Rows:
    adjusted = holm(found.steps, STEP_STATED)
    rows: Rows = []
    for step in found.steps:
        row: dict[str, Any] = {"result_id": result, "reviews_at": step.at, "products_count": step.products}
        if step.p_value is None:
            words = f"{step.products} products were seen both below and above: too few to tell"
            rows.append(row | {"status": "refused", "note": words})
            continue
        rows.append(
            row
            | {
                "effect": _ratio(step.log_effect),
                "effect_low": _ratio(step.log_low),
                "effect_high": _ratio(step.log_high),
                "p_value": step.p_value,
                "p_adjusted": adjusted[step.at],
                "is_step": adjusted[step.at] <= STEP_LEVEL,
                "status": "measured",
            }
        )
    return rows


def _outcome(panel: pl.DataFrame) -> str:
    return "orders_per_view" if bool(panel["has_views"].all()) else "orders_per_day"


def _ratio(log: float | None) -> float | None:
    return None if log is None else float(np.expm1(log))
