{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['page_key'],
    on_schema_change='fail',
) }}

with landed as (
    select
        {{ key_of(['source', 'site', 'product_id', 'page_on', 'visitor_type', 'traffic_source']) }} as page_key,
        site,
        product_id,
        page_on,
        displayed_reviews_count,
        displayed_rating,
        visitor_type,
        traffic_source,
        views_count,
        add_to_cart_count,
        orders_count,
        units_count,
        price_minor,
        currency,
        {{ landed_columns() }},
        {{ this_run_no() }} as staged_run_no
    from {{ source('landing', 'product_page_daily') }}
    where {{ is_known_and_new() }}
),

versions as (
    select * from landed
    {{ and_stored_versions('landed', ['page_key']) }}
),

final as (
    {{ latest_version('versions', ['page_key'], also_by='staged_run_no') }}
)

select * from final
