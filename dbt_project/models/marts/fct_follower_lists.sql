with followers as (
    select * from {{ ref('fct_followers') }}
),

listed as (
    select
        account_key,
        count(*) as listed_count,
        max(observed_at) as observed_at
    from followers
    group by account_key
),

final as (
    select
        listed.account_key,
        listed.listed_count,
        listed.observed_at,
        snapshots.followers_count,
        -- Nine in ten: between the two looks people come and go, and two accounts of one person are one.
        listed.listed_count >= 0.9 * snapshots.followers_count as is_complete
    from listed
    left join {{ ref('fct_profile_snapshots') }} as snapshots
        on
            listed.account_key = snapshots.account_key
            and listed.observed_at >= snapshots.valid_from
            and (listed.observed_at < snapshots.valid_to or snapshots.valid_to is null)
)

select * from final
