"""The frames of the measurement review_effect: columns and types.

Belongs here: what a row is. Does not: how it is made (measure.py), words for marketers (orchestration/exports).
"""

from __future__ import annotations

import polars as pl

_TEXT, _INT, _NUMBER, _FLAG = pl.String(), pl.Int64(), pl.Float64(), pl.Boolean()

# One row per way of telling: `page_history` per dose (displayed, rebuilt), `drawn_products` and `drawn_people` per
# campaign, and over all campaigns that drew products (campaign_id NULL) where there are several.
EFFECT_SCHEMA: dict[str, pl.DataType] = {
    "result_id": _TEXT,
    "campaign_id": _TEXT,
    "method": _TEXT,
    "dose": _TEXT,
    "outcome": _TEXT,  # orders_per_view; orders_per_day where a site reports no views
    "design": _TEXT,
    "interval_level": _NUMBER,
    # Ratio minus 1: orders per view at 50 reviews against none.
    "effect_at_50": _NUMBER,
    "effect_low": _NUMBER,
    "effect_high": _NUMBER,
    # Drawn products: orders per view of the seeded against the others, a ratio minus 1.
    "gain": _NUMBER,
    "gain_low": _NUMBER,
    "gain_high": _NUMBER,
    # Drawn products: reviews a seeded product gained more; drawn people: reviews 100 members wrote more.
    "reviews_gained": _NUMBER,
    "reviews_gained_low": _NUMBER,
    "reviews_gained_high": _NUMBER,
    # Page history: the same effect of reviews that come two to four months later. Drawn products: the gain before.
    "placebo_effect": _NUMBER,
    "placebo_low": _NUMBER,
    "placebo_high": _NUMBER,
    "pages_count": _INT,
    "products_count": _INT,
    "treated_count": _INT,
    "control_count": _INT,
    "weeks_count": _INT,
    "orders_count": _INT,
    # Numbers of reviews that 2 % of orders were made below, and above.
    "reviews_lowest": _NUMBER,
    "reviews_highest": _NUMBER,
    "rating_effect": _NUMBER,
    "status": _TEXT,
    "note": _TEXT,
}

# One row per result and pair of numbers of reviews that enough pages showed: `level` from none, `ten_more` from n to
# n + 10.
CURVE_SCHEMA: dict[str, pl.DataType] = {
    "result_id": _TEXT,
    "kind": _TEXT,
    "reviews_from": _INT,
    "reviews_to": _INT,
    "effect": _NUMBER,
    "effect_low": _NUMBER,
    "effect_high": _NUMBER,
}

# One row per result of page histories and number of reviews: a jump there beyond the smooth curve.
STEP_SCHEMA: dict[str, pl.DataType] = {
    "result_id": _TEXT,
    "reviews_at": _INT,
    "products_count": _INT,  # seen on both sides
    "effect": _NUMBER,
    "effect_low": _NUMBER,
    "effect_high": _NUMBER,
    "p_value": _NUMBER,
    "p_adjusted": _NUMBER,  # for having looked at several; the one at 50 was stated beforehand
    "is_step": _FLAG,
    "status": _TEXT,
    "note": _TEXT,
}

# One row per published figure that the curve is shown beside.
REFERENCE_SCHEMA: dict[str, pl.DataType] = {
    "source": _TEXT,
    "year": _INT,
    "claim": _TEXT,
    "reviews_from": _INT,
    "reviews_to": _INT,
    "effect": _NUMBER,
}
