-- Pieces and contacts are counted here from the posts of each campaign, costs from the books; how audiences overlap is
-- the measurement's.
with usual_shares as (
    select
        platform,
        sum(reported) / sum(followers) as usual_share
    from social_pieces
    where reported is not null and followers > 0
    group by platform
    having count(*) >= 30
),

pieces as (
    select
        link.campaign_id,
        piece.platform,
        piece.tier,
        piece.reported,
        coalesce(piece.reported, piece.followers * usual_shares.usual_share) as seen,
        piece.is_bad,
        piece.is_good,
        (select count(*) > 0 from marts.fct_moments) as is_read
    from marts.bridge_campaign_ugc as link
    inner join social_pieces as piece using (ugc_key)
    left join usual_shares using (platform)
),

-- One row for everybody, each platform, each tier, and each platform's tiers.
counted as (
    select
        campaign_id,
        coalesce(platform, 'all platforms') as platform,
        coalesce(tier, 'all tiers') as tier,
        count(*) as pieces_count,
        count(reported) as reported_pieces_count,
        count(seen) - count(reported) as modelled_pieces_count,
        count(*) - count(seen) as unseen_pieces_count,
        sum(seen) as contacts,
        sum(seen) filter (where is_bad) as bad_contacts,
        sum(seen) filter (where is_good) as good_contacts,
        if(bool_and(is_read), count(*) filter (where is_bad), null) as bad_pieces_count,
        if(bool_and(is_read), count(*) filter (where is_good), null) as good_pieces_count
    from pieces
    group by grouping sets (
        (campaign_id), (campaign_id, platform), (campaign_id, tier), (campaign_id, platform, tier)
    )
),

costs as (
    select
        campaign_id,
        any_value(currency) as currency,
        sum(amount_minor) / any_value(scale) as cost
    from marts.fct_campaign_costs
    left join run.currencies using (currency)
    group by campaign_id
    having count(distinct currency) = 1
),

found as (
    select
        *,
        if(platform = 'all', 'all platforms', platform) as told_platform,
        if(tier = 'all', 'all tiers', tier) as told_tier
    from measurement.reach
)

select
    found.campaign_id,
    found.told_platform as platform,
    found.told_tier as tier,
    found.gross_reach,
    found.unique_reach,
    found.unique_low,
    found.unique_high,
    if(found.basis = 'estimate', found.interval_level, null) as interval_level,
    found.bound_low,
    found.bound_high,
    found.gross_reach / found.unique_reach - 1 as overlap,
    found.effective_unique,
    found.effective_low,
    found.effective_high,
    counted.contacts,
    counted.bad_contacts,
    counted.good_contacts,
    counted.bad_pieces_count,
    counted.good_pieces_count,
    counted.pieces_count,
    counted.reported_pieces_count,
    counted.modelled_pieces_count,
    counted.unseen_pieces_count,
    found.accounts_count,
    found.sized_accounts_count,
    found.listed_accounts_count,
    found.population,
    if(is_whole.yes, 1000 * costs.cost / nullif(found.unique_reach, 0), null) as cost_per_1000_unique,
    if(is_whole.yes, 1000 * costs.cost / nullif(found.unique_high, 0), null) as cost_per_1000_unique_low,
    if(is_whole.yes, 1000 * costs.cost / nullif(found.unique_low, 0), null) as cost_per_1000_unique_high,
    if(is_whole.yes, 1000 * costs.cost / nullif(found.effective_unique, 0), null) as cost_per_1000_effective,
    if(is_whole.yes, 1000 * costs.cost / nullif(counted.contacts, 0), null) as cost_per_1000_contacts
from found
cross join lateral (
    select found.told_platform = 'all platforms' and found.told_tier = 'all tiers' as yes
) as is_whole
left join costs using (campaign_id)
left join
    counted
    on
        found.campaign_id = counted.campaign_id
        and found.told_platform = counted.platform
        and found.told_tier = counted.tier
