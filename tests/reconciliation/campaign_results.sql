-- What was measured on people, and of stores their test's sales; beside it facts of members, costs and tracked sales.
with own_money as (
    select
        *,
        currency is distinct from currency() and currency is not null as is_foreign
    from store_ranges
    where outcome = 'store_sales'
),

-- Sales in money other than the brand's stand in store_lift alone.
store_tests as (
    select
        campaign_id,
        'store_sales' as outcome,
        unit as counted_unit,
        if(is_foreign, null, treated_count) as treated_count,
        if(is_foreign, null, control_count) as control_count,
        if(is_foreign, null, (outcome_seen - extra) / treated_count) as compared_mean,
        if(is_foreign, null, extra / treated_count) as effect,
        if(is_foreign, null, extra_low / treated_count) as effect_low,
        if(is_foreign, null, extra_high / treated_count) as effect_high,
        if(is_foreign, null, interval_level) as interval_level,
        if(is_foreign, null, check_lift * (outcome_seen - extra) / treated_count) as placebo_effect,
        if(is_foreign, null, check_low * (outcome_seen - extra) / treated_count) as placebo_low,
        if(is_foreign, null, check_high * (outcome_seen - extra) / treated_count) as placebo_high,
        design,
        if(is_foreign, 'refused', status) as status
    from own_money
),

-- People of a campaign by store or area are not compared: its stores are.
people_tests as (
    select
        campaign_id,
        outcome,
        unit,
        treated_count,
        control_count,
        control_mean,
        effect,
        effect_low,
        effect_high,
        interval_level,
        placebo_effect,
        placebo_low,
        placebo_high,
        design,
        status
    from measurement.campaign_effects
    where
        unit is distinct from 'store' and unit is distinct from 'area'
        or campaign_id not in (select store_ranges.campaign_id from store_ranges)
),

effects as (
    select
        campaign_id,
        outcome,
        counted_unit,
        treated_count,
        control_count as compared_count,
        columns(['compared_mean', 'effect', 'effect_low', 'effect_high', 'placebo_effect', 'placebo_low', 'placebo_high'])
        / if(is_money(outcome), minor_units(), 1),
        interval_level,
        design,
        status
    from (
        select * from store_tests
        union all
        select * from people_tests
    )
),

members as (
    select
        campaign_id,
        count(*) filter (where arm = 'treatment') as treatment_count,
        count(*) filter (where arm = 'control') as control_count,
        count(*) filter (where arm = 'holdout') as holdout_count,
        count(*) filter (where arm = 'comparison') as comparison_count,
        count(invited_on) filter (where arm = 'treatment') as invited_count,
        count(accepted_on) filter (where arm = 'treatment') as accepted_count,
        count(delivered_on) filter (where arm = 'treatment') as delivered_count,
        count(published_on) filter (where arm = 'treatment') as published_count
    from marts.fct_campaign_members
    group by campaign_id
),

-- A step that is never recorded, and every step of a campaign that records none, is unknown.
steps as (
    select
        campaign_id,
        columns(['invited_count', 'accepted_count', 'delivered_count', 'published_count'])
    from members
    where invited_count + accepted_count + delivered_count + published_count > 0
),

recorded as (
    select
        sum(invited_count) > 0 as is_invited,
        sum(accepted_count) > 0 as is_accepted,
        sum(delivered_count) > 0 as is_delivered,
        sum(published_count) > 0 as is_published
    from members
),

costs as (
    select
        campaign_id,
        if(count(distinct currency) = 1, sum(amount_minor), null) as cost_minor,
        if(count(distinct currency) = 1, any_value(currency), null) as cost_currency
    from marts.fct_campaign_costs
    where amount_minor is not null and currency is not null
    group by campaign_id
),

claims as (
    select
        campaign_id,
        if(count(distinct currency) = 1, sum(referred_net_minor), null) as claimed_sales_minor,
        if(count(distinct currency) = 1, any_value(currency), null) as claimed_currency
    from marts.fct_campaign_members
    where arm = 'treatment' and referred_net_minor is not null and currency is not null
    group by campaign_id
),

ids as (
    select campaign_id from marts.dim_campaigns
    union
    select campaign_id from marts.fct_campaign_members
    union
    select campaign_id from measurement.campaign_effects
),

pieces as (
    select
        campaign_id,
        count(*) as ugc_count,
        count(distinct coalesce(piece.consumer_key, ugc_key)) as ugc_count__people
    from marts.bridge_campaign_ugc
    left join marts.fct_ugc as piece using (ugc_key)
    group by campaign_id
)

select
    ids.campaign_id,
    campaign.name as campaign_name,
    campaign.kind,
    campaign.starts_on,
    campaign.ends_on,
    if(effects.status = 'measured', 'measured', 'not measured') as status,
    effects.outcome,
    effects.design,
    effects.counted_unit,
    effects.treated_count,
    effects.compared_count,
    if(effects.outcome is null, null, unit_of(effects.outcome)) as unit,
    effects.compared_mean,
    effects.effect,
    effects.effect_low,
    effects.effect_high,
    effects.interval_level,
    if(effects.compared_mean = 0, null, effects.effect / effects.compared_mean) as relative_effect,
    effects.effect * effects.treated_count as total_effect,
    effects.effect_low * effects.treated_count as total_effect_low,
    effects.effect_high * effects.treated_count as total_effect_high,
    effects.placebo_effect,
    effects.placebo_low,
    effects.placebo_high,
    check_of(effects.placebo_low, effects.placebo_high) as placebo_check,
    members.treatment_count,
    members.control_count,
    members.holdout_count,
    members.comparison_count,
    if(recorded.is_invited, steps.invited_count, null) as invited_count,
    if(recorded.is_accepted, steps.accepted_count, null) as accepted_count,
    if(recorded.is_delivered, steps.delivered_count, null) as delivered_count,
    if(recorded.is_published, steps.published_count, null) as published_count,
    if(facts.ugc_count is null, null, coalesce(pieces.ugc_count, 0)) as ugc_count,
    pieces.ugc_count__people,
    costs.cost_minor,
    costs.cost_currency,
    claims.claimed_sales_minor,
    claims.claimed_currency,
    facts.is_sales_additive
from ids
cross join recorded
left join marts.dim_campaigns as campaign using (campaign_id)
left join marts.fct_campaigns as facts using (campaign_id)
left join effects using (campaign_id)
left join members using (campaign_id)
left join steps using (campaign_id)
left join costs using (campaign_id)
left join claims using (campaign_id)
left join pieces using (campaign_id)
where ids.campaign_id is not null
