{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['platform', 'post_id', 'observed_at'],
    on_schema_change='fail',
) }}

with landed as (
    select
        platform,
        post_id,
        likes_count,
        comments_count,
        shares_count,
        saves_count,
        views_count,
        reach_count,
        impressions_count,
        observed_at,
        {{ landed_columns() }},
        {{ this_run_no() }} as staged_run_no
    from {{ source('landing', 'social_post_metrics') }}
    where {{ is_known_and_new() }}
),

versions as (
    select * from landed
    {{ and_stored_versions('landed', ['platform', 'post_id', 'observed_at']) }}
),

final as (
    {{ latest_version('versions', ['platform', 'post_id', 'observed_at'], also_by='staged_run_no') }}
)

select * from final
