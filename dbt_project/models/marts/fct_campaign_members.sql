with units as (
    select * from {{ ref('int_campaign_members_resolved') }}
),

outcomes as (
    select * from {{ ref('fct_campaign_outcomes') }}
),

events as (
    select * from {{ ref('fct_campaign_events') }}
),

campaigns as (
    select campaign_id, design from {{ ref('dim_campaigns') }}
),

own_steps as (
    select
        campaign_id,
        consumer_key,
        min(case when kind = 'invited' then happened_on end) as invited_on,
        min(case when kind = 'accepted' then happened_on end) as accepted_on,
        min(case when kind = 'sample_delivered' then happened_on end) as delivered_on,
        min(case when kind in ('task_submitted', 'task_approved') then happened_on end) as task_on,
        min(case when kind = 'code_redeemed' then happened_on end) as redeemed_on
    from events
    where consumer_key is not null
    group by campaign_id, consumer_key
),

referrals as (
    select
        campaign_id,
        referrer_consumer_key as consumer_key,
        min(happened_on) as referred_on
    from events
    where referrer_consumer_key is not null
    group by campaign_id, referrer_consumer_key
),

publications as (
    select
        attributed.campaign_id,
        attributed.member_consumer_key as consumer_key,
        min(ugc.published_on) as published_on
    from {{ ref('int_ugc_attributed') }} as attributed
    inner join {{ ref('fct_ugc') }} as ugc on attributed.ugc_key = ugc.ugc_key
    where attributed.campaign_id is not null
    group by attributed.campaign_id, attributed.member_consumer_key
),

overlap_counts as (
    select
        units.campaign_id,
        units.unit,
        units.unit_id,
        count(*) as overlapping_campaigns_count
    from units
    inner join units as others
        on
            units.unit = others.unit
            and units.unit_id = others.unit_id
            and units.campaign_id <> others.campaign_id
            and units.campaign_starts_on <= others.campaign_ends_on
            and units.campaign_ends_on >= others.campaign_starts_on
    where others.arm = 'treatment'
    group by units.campaign_id, units.unit, units.unit_id
),

tracked_campaigns as (
    select distinct campaign_id from referrals
),

referred_sales as (
    select
        sales.campaign_id,
        sales.referrer_consumer_key as consumer_key,
        {{ sum_minor('sales.net_amount_minor') }} as net_amount_minor,
        bool_or(sales.currency <> '{{ var("brand_currency") }}') as has_foreign_money
    from {{ ref('fct_referred_sales') }} as sales
    inner join units
        on
            sales.campaign_id = units.campaign_id
            and sales.referrer_consumer_key = units.unit_id
            and sales.business_on between units.outcome_starts_on and units.outcome_ends_on
    where units.unit = 'consumer'
    group by sales.campaign_id, sales.referrer_consumer_key
),

final as (
    select
        units.campaign_id,
        units.unit,
        units.unit_id,
        case when units.unit = 'consumer' then units.unit_id end as consumer_key,
        units.arm,
        units.assigned_at,
        units.starts_on,
        units.assignment_probability,
        units.cluster_id,
        units.has_arm_conflict,
        campaigns.design,
        own_steps.invited_on,
        own_steps.accepted_on,
        own_steps.delivered_on,
        own_steps.redeemed_on,
        referrals.referred_on,
        publications.published_on,
        {{ earliest_of(['own_steps.task_on', 'referrals.referred_on', 'publications.published_on']) }} as active_on,
        case
            when units.campaign_starts_on is not null then coalesce(overlap_counts.overlapping_campaigns_count, 0)
        end as overlapping_campaigns_count,
        outcomes.outcome_basis,
        units.outcome_starts_on,
        units.outcome_ends_on,
        units.before_starts_on,
        outcomes.window_status,
        outcomes.bought_before,
        outcomes.first_purchase,
        outcomes.net_spend_before_minor,
        outcomes.net_spend_after_minor,
        outcomes.net_spend_after_online_minor,
        outcomes.total_spend_before_minor,
        outcomes.total_spend_after_minor,
        case
            when
                tracked_campaigns.campaign_id is not null
                and units.unit = 'consumer'
                and units.arm = 'treatment'
                and units.outcome_ends_on <= {{ as_of() }}
                and not coalesce(referred_sales.has_foreign_money, false)
                then coalesce(referred_sales.net_amount_minor, 0)
        end as referred_net_minor,
        outcomes.currency
    from units
    left join campaigns on units.campaign_id = campaigns.campaign_id
    left join outcomes
        on
            units.campaign_id = outcomes.campaign_id
            and units.unit = outcomes.unit
            and units.unit_id = outcomes.unit_id
    left join own_steps
        on
            units.campaign_id = own_steps.campaign_id
            and units.unit_id = own_steps.consumer_key
            and units.unit = 'consumer'
    left join referrals
        on
            units.campaign_id = referrals.campaign_id
            and units.unit_id = referrals.consumer_key
            and units.unit = 'consumer'
    left join publications
        on
            units.campaign_id = publications.campaign_id
            and units.unit_id = publications.consumer_key
            and units.unit = 'consumer'
    left join overlap_counts
        on
            units.campaign_id = overlap_counts.campaign_id
            and units.unit = overlap_counts.unit
            and units.unit_id = overlap_counts.unit_id
    left join tracked_campaigns on units.campaign_id = tracked_campaigns.campaign_id
    left join referred_sales
        on
            units.campaign_id = referred_sales.campaign_id
            and units.unit_id = referred_sales.consumer_key
            and units.unit = 'consumer'
)

select * from final
