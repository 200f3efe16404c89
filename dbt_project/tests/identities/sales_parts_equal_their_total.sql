-- Staged lines, till lines, daily sums and store days tell the same money and the same lines, currency by currency.
with totals as (
    select 'staging' as part, currency, sum(net_amount_minor) as net_amount_minor, count(*) as lines_count
    from {{ present('stg_pos_lines') }}
    group by currency
    union all
    select 'lines' as part, currency, sum(net_amount_minor) as net_amount_minor, count(*) as lines_count
    from {{ ref('fct_sales_lines') }}
    group by currency
    union all
    select 'daily' as part, currency, sum(net_amount_minor) as net_amount_minor, sum(lines_count) as lines_count
    from {{ ref('fct_sales_daily') }}
    group by currency
    union all
    select 'store days' as part, currency, sum(net_amount_minor) as net_amount_minor, sum(lines_count) as lines_count
    from {{ ref('fct_store_days') }}
    group by currency
)

select currency
from totals
group by currency
having
    count(*) <> 4
    or min(net_amount_minor) <> max(net_amount_minor)
    or min(lines_count) <> max(lines_count)
