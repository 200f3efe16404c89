with final as (
    select
        source,
        campaign_id,
        burst_id,
        platform,
        tier,
        universe,
        post_id,
        areas,
        published_at,
        {{ brand_date('published_at') }} as published_on,
        known_at
    from {{ present('stg_influencer_bursts') }}
)

select * from final
