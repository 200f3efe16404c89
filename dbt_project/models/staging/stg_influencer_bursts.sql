with landed as (
    select
        campaign_id,
        burst_id,
        platform,
        account_identity_key,
        tier,
        universe,
        post_id,
        areas,
        published_at,
        {{ landed_columns() }}
    from {{ source('landing', 'influencer_bursts') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['source', 'campaign_id', 'burst_id']) }}
)

select * from final
