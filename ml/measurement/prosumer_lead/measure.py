"""Do prosumers lead? The cohort's series against everybody else's: measured, or refused in words.

Belongs here: what is enough, and the rows. Does not: the cohort (cohort.py), the test (lead.py), its page
(docs/methods/prosumer_lead.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from ml.errors import NothingToLearnError, TooFewRowsError
from ml.measurement.prosumer_lead.cohort import find_cohort, monthly_series, whole_months
from ml.measurement.prosumer_lead.lead import FEWEST_MONTHS, LONGEST_LAG, Lead, lead_test
from ml.measurement.prosumer_lead.schema import LAG_SCHEMA, LEAD_SCHEMA

INTERVAL_LEVEL = 0.9
EARLY_AND_ACTIVE, ACTIVE = "early buyers who are socially active", "socially active buyers"


def prosumer_lead(marts: Mapping[str, pl.DataFrame], as_of: date, *, seed: int) -> dict[str, pl.DataFrame]:
    """prosumer_lead (one row) and prosumer_lead_lags (schema.py).

    Args:
        marts: fct_store_days, and read only where these reach back far enough fct_sales_lines, dim_products, fct_ugc.
        as_of: last day that is known.
    """
    label = {"design": "observational", "interval_level": INTERVAL_LEVEL, "cohort": EARLY_AND_ACTIVE}
    try:
        row, found = _measured(marts, as_of, seed)
    except NothingToLearnError as error:
        refused = [label | {"status": "refused", "note": str(error)}]
        return {
            "prosumer_lead": pl.DataFrame(refused, schema=LEAD_SCHEMA),
            "prosumer_lead_lags": pl.DataFrame(schema=LAG_SCHEMA),
        }
    lags = pl.DataFrame(
        {
            "lag_months": range(1, LONGEST_LAG + 1),
            "statistic": found.statistic,
            "correlation": found.correlation,
        }
    ).with_columns(cohort=pl.lit(row["cohort"]))
    return {
        "prosumer_lead": pl.DataFrame([label | row | {"status": "measured"}], schema=LEAD_SCHEMA),
        "prosumer_lead_lags": lags.select(list(LAG_SCHEMA)).cast(pl.Schema(LAG_SCHEMA)),
    }


def _measured(marts: Mapping[str, pl.DataFrame], as_of: date, seed: int) -> tuple[dict[str, Any], Lead]:
    days = marts["fct_store_days"].filter(pl.col("business_on") <= as_of)["business_on"]
    if days.is_empty():
        raise TooFewRowsError(f"no sales are known (pos_lines): {FEWEST_MONTHS} months are needed")
    first_on, months = whole_months(days.min(), min(as_of, days.max()))  # type: ignore[type-var, arg-type]
    if months < FEWEST_MONTHS:
        raise TooFewRowsError(
            f"{months} whole months of sales are known, at least {FEWEST_MONTHS} are needed: with fewer a lead of "
            f"6 to {LONGEST_LAG} months is found, or missed, by luck"
        )
    purchases = marts["fct_sales_lines"].filter(~pl.col("is_return")).drop_nulls(["consumer_key", "product_id"])
    if purchases.is_empty():
        raise TooFewRowsError("no purchase names its buyer (consumer_ref in pos_lines)")
    cohort = find_cohort(purchases, marts["fct_ugc"].drop_nulls("consumer_key"))
    series = monthly_series(purchases, cohort, marts["dim_products"].select("product_id", "category"), first_on, months)
    rng = np.random.default_rng(seed)
    found = lead_test(series.cohort, series.others, rng)
    check = lead_test(series.others, series.cohort, rng)
    notes = []
    if not cohort.is_early_known:
        notes.append(
            "no product came on sale later than the first: early buying cannot be told, the cohort is active only"
        )
    return {
        "cohort": EARLY_AND_ACTIVE if cohort.is_early_known else ACTIVE,
        "people_count": cohort.people.len(),
        "others_count": purchases["consumer_key"].n_unique() - cohort.people.len(),
        "categories_count": len(series.categories),
        "months_count": months,
        "first_on": first_on,
        "cohort_purchases_count": series.cohort_purchases,
        "lag_months": found.lag,
        "lag_months_low": found.lag_low,
        "lag_months_high": found.lag_high,
        "correlation": float(found.correlation[found.lag - 1]),
        "p_value": found.p_value,
        "is_lead": found.is_lead,
        "reverse_lag_months": check.lag,
        "reverse_p": check.p_value,
        "season_waves_count": found.waves,
        "note": "; ".join(notes) or None,
    }, found
