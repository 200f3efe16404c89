{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_stale_store_days() }}",
) }}

-- depends_on: {{ ref('stg_pos_lines') }}
-- depends_on: {{ ref('int_stores_zoned') }}

-- A store's day is built as a whole: in an incremental run the hook has removed the days whose lines changed, and the
-- days this table does not hold are summed again.
with lines as (
    select * from {{ ref('fct_sales_lines') }}
),

to_build as (
    select * from lines
    {%- if is_incremental() %}
    where (store_id, business_on) not in (select distinct stored.store_id, stored.business_on from {{ this }} as stored)
    {%- endif %}
),

final as (
    select
        store_id,
        product_id,
        channel,
        business_on,
        business_timezone,
        currency,
        quantity_unit,
        {{ sum_minor('net_amount_minor') }} as net_amount_minor,
        {{ sum_exact('quantity') }} as quantity,
        count(*) as lines_count
    from to_build
    group by store_id, product_id, channel, business_on, business_timezone, currency, quantity_unit
)

select * from final
