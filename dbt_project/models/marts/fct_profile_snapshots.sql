with profiles as (
    select * from {{ present('stg_social_profiles') }}
),

final as (
    select
        account_identity_key as account_key,
        platform,
        observed_at,
        observed_at as valid_from,
        lead(observed_at) over (partition by platform, account_identity_key order by observed_at) as valid_to,
        followers_count,
        following_count,
        posts_count,
        is_verified,
        {{ tier_of('followers_count') }} as tier,
        known_at
    from profiles
)

select * from final
