{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['site', 'review_id'],
    on_schema_change='fail',
) }}

with landed as (
    select
        site,
        review_id,
        origin_site,
        product_id,
        store_id,
        author_identity_key,
        language,
        rating,
        rating_max,
        is_verified_purchase,
        incentive,
        is_disclosed,
        media_count,
        helpful_count,
        submitted_at,
        updated_at,
        deleted_at,
        {{ landed_columns() }},
        {{ this_run_no() }} as staged_run_no
    from {{ source('landing', 'reviews') }}
    where {{ is_known_and_new() }}
),

versions as (
    select * from landed
    {{ and_stored_versions('landed', ['site', 'review_id']) }}
),

final as (
    {{ latest_version('versions', ['site', 'review_id'], also_by='staged_run_no') }}
)

select * from final
