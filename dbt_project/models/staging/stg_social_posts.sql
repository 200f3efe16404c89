{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['platform', 'post_id'],
    on_schema_change='fail',
) }}

with landed as (
    select
        platform,
        post_id,
        account_identity_key,
        language,
        media_kinds,
        parent_post_id,
        repost_of_post_id,
        hashtags,
        mention_identity_keys,
        product_ids,
        surface,
        incentive,
        is_disclosed,
        published_at,
        updated_at,
        deleted_at,
        {{ landed_columns() }},
        {{ this_run_no() }} as staged_run_no
    from {{ source('landing', 'social_posts') }}
    where {{ is_known_and_new() }}
),

versions as (
    select * from landed
    {{ and_stored_versions('landed', ['platform', 'post_id']) }}
),

final as (
    {{ latest_version('versions', ['platform', 'post_id'], also_by='staged_run_no') }}
)

select * from final
