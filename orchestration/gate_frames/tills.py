"""How the last days of tills and product pages compare with the weeks before, as frames of the landing gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

if TYPE_CHECKING:
    from orchestration.gate_frames.landing import LandedRun

# Below this a day's counts and medians are noise.
FEWEST_ROWS_OF_A_DAY = 20
FEWEST_STORE_LINES = 50
# Lines come in baskets: the median hour of 140 lines a week moved by 2.6 hours by itself.
FEWEST_WEEK_LINES = 500
# A baseline of fewer days would be a single week or less.
FEWEST_DAYS_BEFORE = 8
# An hour with less than this share of the earlier store lines counts as closed.
CLOSED_HOUR_SHARE = 0.02

DAY_COLUMNS = (
    "day",
    "rows",
    "volume_ratio",
    "unusual_hour_share",
    "amount_ratio",
    "quantity_ratio",
    "foreign_currency_count",
    "is_copy_of_other_day",
    "repeated_share",
)
TILL_COLUMNS = (
    "till",
    "lines_count",
    "median_amount_minor",
    "median_local_hour",
    "week_hour_shift",
    "week_unusual_hour_share",
)

_LINES = """
create or replace temp table till_lines as
with zones as (
    select store_id, any_value(timezone) as timezone from {stores} group by all
),
latest as (
    select *
    from {lines}
    where (known_at is null or known_at <= $cutoff)
        and sold_at > cast($as_of as timestamp) - interval 64 days
    qualify row_number() over (
        partition by source, store_id, transaction_id, line_no
        order by loaded_at desc, load_id desc, row_no desc
    ) = 1
),
local as (
    select
        lines.*,
        timezone(coalesce(zones.timezone, $zone), timezone('UTC', lines.sold_at)) as sold_local
    from latest as lines
    left join zones using (store_id)
)
select
    source, store_id, transaction_id, line_no, product_id, identity_key, quantity, quantity_unit, channel,
    net_amount_minor, currency, sold_at, sold_local,
    cast(sold_local as date) as day_on,
    hour(sold_local) as local_hour,
    hour(sold_local) + minute(sold_local) / 60.0 as local_time,
    cast(sold_local as date) > $as_of - interval 7 days as is_last_week,
    cast(sold_local as date) <= $as_of - interval 7 days
        and cast(sold_local as date) > $as_of - interval 35 days as is_before,
    hash(store_id, product_id, identity_key, quantity, net_amount_minor, cast(sold_local as time)) as content
from local
where cast(sold_local as date) <= $as_of
"""

# An hour's share of the lines is its median over the weeks, so that two shifted weeks do not become the custom, and is
# taken together with the hours beside it: in a small shop an hour stays empty in some weeks.
_LAST_STORE_LINES = """
create or replace temp table last_store_lines as
with week_hours as (
    select cast(floor(date_diff('day', day_on, cast($as_of as date)) / 7) as int) as weeks_ago, local_hour,
        count(*) as lines_count
    from till_lines
    where channel = 'store' and not is_last_week
    group by all
),
weeks as (
    select *, lines_count / sum(lines_count) over (partition by weeks_ago) as share from week_hours
),
around as (
    select weeks_ago, (local_hour + shift + 24) % 24 as local_hour, sum(share) / 3 as share
    from weeks
    cross join range(-1, 2) as shifts(shift)
    group by all
),
usual_hours as (
    select hours.local_hour, median(coalesce(around.share, 0)) as share
    from range(24) as hours(local_hour)
    cross join (select distinct weeks_ago from week_hours) as all_weeks
    left join around on hours.local_hour = around.local_hour and all_weeks.weeks_ago = around.weeks_ago
    group by all
)
select lines.source, lines.channel, lines.currency, lines.day_on,
    case when usual.share < {closed} then 1 else 0 end as is_unusual
from till_lines as lines
inner join usual_hours as usual on lines.local_hour = usual.local_hour
where lines.channel = 'store' and lines.is_last_week
"""

_TILL_DAYS = """
with day_rows as (
    select day_on, count(*) as rows_count, median(abs(net_amount_minor)) as amount,
        sum(content::hugeint) as fingerprint
    from till_lines
    group by all
),
units as (
    select day_on, quantity_unit, median(abs(quantity)) as quantity, count(*) as rows_count
    from till_lines
    where quantity <> 0
    group by all
),
unit_ratios as (
    select units.day_on, arg_max(units.quantity / before.quantity, abs(ln(units.quantity / before.quantity))) as ratio
    from units
    inner join (
        select quantity_unit, median(quantity) as quantity, count(*) as days_count
        from units
        where day_on <= $as_of - interval 7 days
        group by all
    ) as before
        on units.quantity_unit = before.quantity_unit
    where units.rows_count >= {fewest} and before.days_count >= {days_before}
    group by all
),
before as (
    select count(*) as days_count, median(rows_count) as rows_count, median(amount) as amount
    from day_rows
    where day_on <= $as_of - interval 7 days and day_on > $as_of - interval 35 days
),
hours as (
    select day_on, count(*) as lines_count, avg(is_unusual) as unusual_share
    from last_store_lines
    group by all
),
known_currencies as (
    select store_id, list(distinct currency) as currencies from till_lines where not is_last_week group by all
),
foreign_lines as (
    select lines.day_on, count(*) as lines_count
    from till_lines as lines
    inner join known_currencies as known on lines.store_id = known.store_id
    where lines.is_last_week and not list_contains(known.currencies, lines.currency)
    group by all
),
copies as (
    select distinct this.day_on
    from day_rows as this
    inner join day_rows as other
        on this.rows_count = other.rows_count and this.fingerprint = other.fingerprint and this.day_on > other.day_on
    where this.rows_count >= {fewest}
),
repeated as (
    select day_on, sum(case when times > 1 then times else 0 end) / sum(times) as share
    from (
        select day_on, content, count(distinct transaction_id) as times
        from till_lines
        where is_last_week and cast(sold_local as time) <> time '00:00:00'
        group by all
    )
    group by all
    having sum(times) >= {fewest}
)
select
    'pos_lines ' || day_rows.day_on as day,
    day_rows.rows_count as rows,
    case when before.days_count >= {days_before} and before.rows_count >= {fewest}
        then day_rows.rows_count / before.rows_count end as volume_ratio,
    case when before.days_count >= {days_before} and hours.lines_count >= {store_lines}
        then hours.unusual_share end as unusual_hour_share,
    case when before.days_count >= {days_before} and day_rows.rows_count >= {fewest} and before.amount > 0
        then day_rows.amount / before.amount end as amount_ratio,
    unit_ratios.ratio as quantity_ratio,
    coalesce(foreign_lines.lines_count, 0) as foreign_currency_count,
    case when copies.day_on is null then 0 else 1 end as is_copy_of_other_day,
    repeated.share as repeated_share
from day_rows
cross join before
left join hours using (day_on)
left join unit_ratios using (day_on)
left join foreign_lines using (day_on)
left join copies using (day_on)
left join repeated using (day_on)
where day_rows.day_on > $as_of - interval 7 days
order by day
"""

_PAGE_DAYS = """
with day_rows as (
    select page_on as day_on, count(distinct (source, site, product_id, visitor_type, traffic_source)) as rows_count
    from {pages}
    where (known_at is null or known_at <= $cutoff) and page_on <= $as_of and page_on > $as_of - interval 35 days
    group by all
),
before as (
    select count(*) as days_count, median(rows_count) as rows_count
    from day_rows
    where day_on <= $as_of - interval 7 days
)
select 'product_page_daily ' || day_on as day, day_rows.rows_count as rows,
    case when before.days_count >= {days_before} and before.rows_count >= {fewest}
        then day_rows.rows_count / before.rows_count end as volume_ratio
from day_rows
cross join before
where day_on > $as_of - interval 7 days
order by day
"""

_TILLS = """
with unusual as (
    select source, channel, currency, avg(is_unusual) as unusual_share, count(*) as lines_count
    from last_store_lines
    group by all
)
select
    source || '.' || channel || '.' || currency as till,
    count(*) as lines_count,
    median(abs(net_amount_minor)) as median_amount_minor,
    case when count(*) >= {store_lines} and channel = 'store' then median(local_time) end as median_local_hour,
    case when count(*) filter (is_last_week) >= {week_lines} and count(*) filter (is_before) >= {week_lines}
        and channel = 'store' then median(local_time) filter (is_last_week) - median(local_time) filter (is_before)
        end as week_hour_shift,
    any_value(case when unusual.lines_count >= {store_lines} then unusual.unusual_share end) as week_unusual_hour_share
from till_lines
left join unusual using (source, channel, currency)
group by source, channel, currency
order by till
"""


def days_frame(connection: duckdb.DuckDBPyConnection, run: LandedRun, streams: Sequence[str]) -> pd.DataFrame:
    """One row per stream and day of the last seven; a comparison is NaN where there is too little to compare.

    Columns are DAY_COLUMNS: ratios are against the median day of the 28 days before the last seven.
    """
    frames = []
    if "pos_lines" in streams:
        _make_till_lines(connection, run, with_stores="stores" in streams)
        frames.append(_frame(connection, _TILL_DAYS, {"as_of": run.as_of}))
    if "product_page_daily" in streams:
        query = _PAGE_DAYS.replace("{pages}", run.relation("product_page_daily"))
        frames.append(_frame(connection, query, {"as_of": run.as_of, "cutoff": run.cutoff}))
    found = [frame for frame in frames if not frame.empty]
    return (pd.concat(found, ignore_index=True) if found else pd.DataFrame()).reindex(columns=list(DAY_COLUMNS))


def tills_frame(connection: duckdb.DuckDBPyConnection, run: LandedRun, streams: Sequence[str]) -> pd.DataFrame:
    """One row per source, channel and currency over the last 64 days; call days_frame before."""
    if "pos_lines" not in streams:
        return pd.DataFrame(columns=list(TILL_COLUMNS))
    return _frame(connection, _TILLS, {})


def _make_till_lines(connection: duckdb.DuckDBPyConnection, run: LandedRun, *, with_stores: bool) -> None:
    no_stores = "(select cast(null as varchar) as store_id, cast(null as varchar) as timezone where false)"
    query = _LINES.replace("{lines}", run.relation("pos_lines"))
    query = query.replace("{stores}", run.relation("stores") if with_stores else no_stores)
    connection.execute(query, {"cutoff": run.cutoff, "as_of": run.as_of, "zone": run.brand_timezone})
    connection.execute(_LAST_STORE_LINES.replace("{closed}", str(CLOSED_HOUR_SHARE)), {"as_of": run.as_of})


def _frame(connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, object]) -> pd.DataFrame:
    filled = (
        query.replace("{fewest}", str(FEWEST_ROWS_OF_A_DAY))
        .replace("{store_lines}", str(FEWEST_STORE_LINES))
        .replace("{week_lines}", str(FEWEST_WEEK_LINES))
        .replace("{days_before}", str(FEWEST_DAYS_BEFORE))
    )
    frame: pd.DataFrame = connection.sql(filled, params=values).to_arrow_table().to_pandas()
    return frame
