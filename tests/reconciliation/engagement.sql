-- A rate is a ratio of sums over the pieces that tell both numbers; tiers against each other are the measurement's.
with reposts as (
    select
        platform,
        repost_of_post_id as external_id,
        count(*) as reposts_count
    from social_pieces
    where repost_of_post_id is not null
    group by all
),

originals as (
    select
        piece.*,
        if(
            piece.platform in (select reposts.platform from reposts),
            coalesce(reposts.reposts_count, 0),
            null
        ) as reposts_count
    from social_pieces as piece
    left join reposts using (platform, external_id)
    where piece.repost_of_post_id is null and piece.published_on is not null
),

told as (
    select platform, tier, account_key, 'engagement by followers' as rate, engagements as above, followers as below
    from originals
    union all
    select platform, tier, account_key, 'engagement by reach', engagements, reach_count
    from originals
    union all
    select platform, tier, account_key, 'engagement by impressions', engagements, impressions_count
    from originals
    union all
    select platform, tier, account_key, 'shares by reach', shares_count, reach_count
    from originals
    union all
    select platform, tier, account_key, 'reposts a post', reposts_count, 1
    from originals
),

rates as (
    select
        platform,
        rate,
        tier,
        sum(above) / sum(below) as value,
        count(*) as pieces_count,
        count(distinct account_key) as accounts_count
    from told
    where above is not null and below > 0
    group by all
)

select
    found.platform,
    found.rate,
    found.tier,
    coalesce(found.against_tier, 'itself') as against_tier,
    if(found.against_tier is null, rates.value, found.value) as value,
    found.low,
    found.high,
    coalesce(rates.pieces_count, 0)
    + if(found.against_tier is null, 0, coalesce(other.pieces_count, 0)) as pieces_count,
    coalesce(rates.accounts_count, 0)
    + if(found.against_tier is null, 0, coalesce(other.accounts_count, 0)) as accounts_count,
    found.strata_count
from measurement.engagement_by_tier as found
left join rates
    on found.platform = rates.platform and found.rate = rates.rate and found.tier = rates.tier
left join rates as other
    on found.platform = other.platform and found.rate = other.rate and found.against_tier = other.tier
