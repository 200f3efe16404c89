with lines as (
    select quantity_unit, sum(cast(quantity as decimal(28, 6))) as quantity
    from {{ ref('fct_sales_lines') }}
    group by quantity_unit
),

daily as (
    select quantity_unit, sum(cast(quantity as decimal(28, 6))) as quantity
    from {{ ref('fct_sales_daily') }}
    group by quantity_unit
)

select coalesce(lines.quantity_unit, daily.quantity_unit) as quantity_unit
from lines
full outer join daily on lines.quantity_unit = daily.quantity_unit
where lines.quantity is distinct from daily.quantity
