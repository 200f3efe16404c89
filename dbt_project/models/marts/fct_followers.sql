with edges as (
    select * from {{ present('stg_social_edges') }}
),

identities as (
    select * from {{ ref('int_identities_resolved') }}
),

-- A list is read in one go; a later look replaces it, also by being shorter.
looks as (
    select
        account_identity_key,
        max({{ brand_date('observed_at') }}) as observed_on
    from edges
    group by account_identity_key
),

newest as (
    select
        edges.account_identity_key as account_key,
        coalesce(identities.consumer_key, edges.follower_identity_key) as follower_key,
        edges.observed_at
    from edges
    inner join looks
        on
            edges.account_identity_key = looks.account_identity_key
            and {{ brand_date('edges.observed_at') }} >= {{ add_days('looks.observed_on', -1) }}
    left join identities on edges.follower_identity_key = identities.identity_key
),

final as (
    select
        account_key,
        follower_key,
        max(observed_at) as observed_at
    from newest
    group by account_key, follower_key
)

select * from final
