"""The day a run is for (as_of) as a Dagster partition."""

from __future__ import annotations

from datetime import date

import dagster as dg

from orchestration.settings import Settings

# Earlier than any example's as_of; a partition costs nothing until it is run.
FIRST_DAY = date(2016, 1, 1)
# A run publishes one day. dagster-dbt would have all days of a backfill built by one run.
ONE_DAY_A_RUN = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)


def days(settings: Settings) -> dg.DailyPartitionsDefinition:
    """Closed days in the brand's time zone, from FIRST_DAY to yesterday."""
    return dg.DailyPartitionsDefinition(start_date=FIRST_DAY.isoformat(), timezone=settings.brand.timezone)
