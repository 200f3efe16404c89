with snapshots as (
    select * from {{ ref('fct_profile_snapshots') }}
),

identities as (
    select * from {{ ref('int_identities_resolved') }}
),

named as (
    select account_key, platform from snapshots
    union
    select account_identity_key as account_key, platform from {{ present('stg_social_posts') }}
    union
    select account_identity_key as account_key, platform from {{ present('stg_influencer_bursts') }}
    union
    select external_identity_key as account_key, scope as platform
    from {{ present('stg_consumer_links') }}
    where kind = 'social_account'
),

-- An account belongs to one platform; the least name only settles which where sources spell it differently.
accounts as (
    select account_key, min(platform) as platform
    from named
    group by account_key
),

observed as (
    select
        account_key,
        min(observed_at) as first_observed_at,
        max(observed_at) as last_observed_at
    from snapshots
    group by account_key
),

-- The last snapshot that tells the audience: one that does not report it says nothing about it.
audiences as (
    {{ one_row_each('snapshots', ['account_key'], 'observed_at desc', 'followers_count is not null') }}
),

badges as (
    {{ one_row_each('snapshots', ['account_key'], 'observed_at desc', 'is_verified is not null') }}
),

final as (
    select
        accounts.account_key,
        accounts.platform,
        coalesce(identities.consumer_key, accounts.account_key) as consumer_key,
        audiences.followers_count,
        audiences.observed_at as followers_observed_at,
        {{ tier_of('audiences.followers_count') }} as tier,
        badges.is_verified,
        observed.first_observed_at,
        observed.last_observed_at
    from accounts
    left join identities on accounts.account_key = identities.identity_key
    left join observed on accounts.account_key = observed.account_key
    left join audiences on accounts.account_key = audiences.account_key
    left join badges on accounts.account_key = badges.account_key
)

select * from final
