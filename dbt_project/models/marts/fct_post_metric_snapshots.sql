with metrics as (
    select * from {{ present('stg_social_post_metrics') }}
),

final as (
    select
        {{ key_of(["'social_posts'", 'platform', 'post_id']) }} as ugc_key,
        platform,
        post_id,
        observed_at,
        likes_count,
        comments_count,
        shares_count,
        saves_count,
        views_count,
        reach_count,
        impressions_count,
        known_at
    from metrics
)

select * from final
