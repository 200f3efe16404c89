{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['platform', 'account_identity_key', 'observed_at'],
    on_schema_change='fail',
) }}

with landed as (
    select
        platform,
        account_identity_key,
        followers_count,
        following_count,
        posts_count,
        is_verified,
        observed_at,
        {{ landed_columns() }},
        {{ this_run_no() }} as staged_run_no
    from {{ source('landing', 'social_profiles') }}
    where {{ is_known_and_new() }}
),

versions as (
    select * from landed
    {{ and_stored_versions('landed', ['platform', 'account_identity_key', 'observed_at']) }}
),

final as (
    {{ latest_version('versions', ['platform', 'account_identity_key', 'observed_at'], also_by='staged_run_no') }}
)

select * from final
