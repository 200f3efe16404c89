{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source', 'store_id', 'transaction_id', 'line_no'],
    on_schema_change='fail',
    pre_hook="{{ delete_removed_lines() }}",
) }}

with lines as (
    select * from {{ present('stg_pos_lines') }}
),

stores as (
    select store_id, business_timezone from {{ ref('int_stores_zoned') }}
),

identities as (
    select identity_key, consumer_key from {{ ref('int_identities_resolved') }}
),

{% if is_incremental() %}
-- New and corrected lines, and old ones whose buyer was linked or whose store moved to another zone since.
touched as (
    select source, store_id, transaction_id, line_no
    from lines
    where staged_run_no > {{ previous_run().run_no }}
    union
    select stored.source, stored.store_id, stored.transaction_id, stored.line_no
    from {{ this }} as stored
    left join stores on stored.store_id = stores.store_id
    left join identities on stored.identity_key = identities.identity_key
    where
        stored.business_timezone is distinct from stores.business_timezone
        or stored.consumer_key is distinct from identities.consumer_key
),

{% endif %}
to_build as (
    select * from lines
    {%- if is_incremental() %}
    where (source, store_id, transaction_id, line_no) in (select touched.* from touched)
    {%- endif %}
),

final as (
    select
        to_build.source,
        to_build.store_id,
        to_build.transaction_id,
        to_build.line_no,
        to_build.product_id,
        to_build.identity_key,
        identities.consumer_key,
        to_build.channel,
        {{ local_date('to_build.sold_at', 'stores.business_timezone') }} as business_on,
        stores.business_timezone,
        to_build.sold_at,
        to_build.quantity,
        to_build.quantity_unit,
        to_build.net_amount_minor,
        to_build.margin_minor,
        to_build.discount_minor,
        to_build.currency,
        to_build.is_return,
        to_build.return_of_transaction_id,
        to_build.promotion_code,
        to_build.known_at
    from to_build
    left join stores on to_build.store_id = stores.store_id
    left join identities on to_build.identity_key = identities.identity_key
)

select * from final
