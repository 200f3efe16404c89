-- People are counted here from answers, codes and links, and members; ranges are the measurement's.
with asked as (
    select
        campaign_id,
        'said in a survey' as measure,
        count(*) as people_count,
        count(*) filter (where bought_after_post) as buyers_count
    from (
        select
            campaign_id,
            consumer_key,
            arg_max(bought_after_post, surveyed_at) as bought_after_post
        from marts.fct_survey_answers
        where survey = 'wom' and bought_after_post is not null and consumer_key is not null
        group by all
    )
    group by campaign_id
),

came as (
    select
        campaign_id,
        'came by code or link' as measure,
        count(distinct consumer_key) as people_count,
        count(distinct consumer_key) filter (where kind = 'code_redeemed') as buyers_count,
        bool_or(kind = 'link_click') as has_clicks
    from marts.fct_campaign_events
    where
        kind in ('code_redeemed', 'link_click') and referrer_consumer_key is not null and consumer_key is not null
    group by campaign_id
),

drawn as (
    select
        campaign_id,
        'more than in the holdout' as measure,
        count(*) filter (where arm = 'treatment') as people_count,
        count(*) filter (where arm = 'treatment' and first_purchase) as buyers_count,
        count(*) filter (where arm <> 'treatment' and first_purchase) / count(*) filter (where arm <> 'treatment')
            as bought_anyway_share
    from marts.fct_campaign_members
    where
        unit = 'consumer'
        and design = 'randomised'
        and arm in ('treatment', 'control', 'holdout')
        and first_purchase is not null
    group by campaign_id
),

counted as (
    select
        campaign_id,
        measure,
        people_count,
        buyers_count,
        buyers_count / people_count as share
    from asked
    union all
    select
        campaign_id,
        measure,
        people_count,
        buyers_count,
        if(has_clicks, buyers_count / people_count, null)
    from came
    union all
    select
        campaign_id,
        measure,
        people_count,
        buyers_count,
        buyers_count / people_count - bought_anyway_share
    from drawn
)

select
    found.campaign_id,
    found.measure,
    if(found.status = 'measured', 'measured', 'not measured') as status,
    if(found.status = 'measured', counted.share, null) as share,
    found.share_low,
    found.share_high,
    if(found.status = 'measured', found.interval_level, null) as interval_level,
    if(found.status = 'measured', counted.people_count, null) as people_count,
    if(found.status = 'measured', counted.buyers_count, null) as buyers_count,
    found.design
from measurement.posts_sell as found
left join counted using (campaign_id, measure)
