{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source', 'store_id', 'transaction_id', 'line_no'],
    on_schema_change='fail',
) }}

with landed as (
    select
        store_id,
        transaction_id,
        line_no,
        product_id,
        identity_key,
        quantity,
        quantity_unit,
        net_amount_minor,
        margin_minor,
        discount_minor,
        currency,
        sold_at,
        updated_at,
        channel,
        is_return,
        return_of_transaction_id,
        promotion_code,
        {{ landed_columns() }},
        {{ this_run_no() }} as staged_run_no
    from {{ source('landing', 'pos_lines') }}
    where {{ is_known_and_new() }}
),

versions as (
    select * from landed
    {{ and_stored_versions('landed', ['source', 'store_id', 'transaction_id', 'line_no']) }}
),

final as (
    {{ latest_version('versions', ['source', 'store_id', 'transaction_id', 'line_no'], also_by='staged_run_no') }}
)

select * from final
