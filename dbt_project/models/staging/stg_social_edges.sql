with landed as (
    select
        platform,
        account_identity_key,
        follower_identity_key,
        observed_at,
        {{ landed_columns() }}
    from {{ source('landing', 'social_edges') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['platform', 'account_identity_key', 'follower_identity_key', 'observed_at']) }}
)

select * from final
