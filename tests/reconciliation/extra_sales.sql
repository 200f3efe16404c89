-- Sums with their costs from the books, and parts in the ledger's order.
with costs as (
    select
        campaign_id,
        sum(amount_minor) as cost_minor
    from marts.fct_campaign_costs
    group by campaign_id
    having bool_and(currency = currency())
),

parts as (
    select
        *,
        row_number() over (partition by campaign_id) as part_no
    from measurement.incremental_sales
),

counted as (
    select
        campaign_id,
        sum(extra_minor) as extra_minor
    from parts
    where is_counted
    group by campaign_id
),

people as (
    select
        campaign_id,
        effect * treated_count as new_buyers,
        effect_low * treated_count as new_buyers_low,
        effect_high * treated_count as new_buyers_high
    from measurement.campaign_effects
    where outcome = 'first_purchase' and status = 'measured'
),

campaigns as (
    select
        value.campaign_id,
        value.status = 'measured' as is_measured,
        counted.extra_minor,
        value.extra_low_minor,
        value.extra_high_minor,
        value.claimed_minor,
        costs.cost_minor,
        people.new_buyers,
        people.new_buyers_low,
        people.new_buyers_high,
        value.interval_level
    from measurement.campaign_value as value
    left join counted using (campaign_id)
    left join costs using (campaign_id)
    left join people using (campaign_id)
    where value.campaign_id is not null
),

everything as (
    select
        null as campaign_id,
        value.status = 'measured' as is_measured,
        (select sum(campaigns.extra_minor) from campaigns where campaigns.is_measured) as extra_minor,
        value.extra_low_minor,
        value.extra_high_minor,
        (select sum(campaigns.claimed_minor) from campaigns where campaigns.is_measured) as claimed_minor,
        (
            select if(bool_and(campaigns.cost_minor is not null), sum(campaigns.cost_minor), null)
            from campaigns
            where campaigns.is_measured
        ) as cost_minor,
        null as new_buyers,
        null as new_buyers_low,
        null as new_buyers_high,
        value.interval_level
    from measurement.campaign_value as value
    where value.campaign_id is null
),

sums as (
    select * from campaigns
    union all
    select * from everything
)

select
    coalesce(campaign_id, 'all campaigns') as campaign_id,
    0 as part_no,
    if(is_measured, 'measured', 'not measured') as status,
    main_units(extra_minor) as extra,
    main_units(extra_low_minor) as extra_low,
    main_units(extra_high_minor) as extra_high,
    interval_level,
    main_units(claimed_minor) as claimed,
    main_units(cost_minor) as cost,
    extra_minor / nullif(cost_minor, 0) as return_on_cost,
    extra_low_minor / nullif(cost_minor, 0) as return_on_cost_low,
    extra_high_minor / nullif(cost_minor, 0) as return_on_cost_high,
    new_buyers,
    new_buyers_low,
    new_buyers_high,
    if(new_buyers > 0, main_units(cost_minor) / new_buyers, null) as cost_per_new_buyer,
    if(new_buyers_high > 0, main_units(cost_minor) / new_buyers_high, null) as cost_per_new_buyer_low,
    if(new_buyers_low > 0, main_units(cost_minor) / new_buyers_low, null) as cost_per_new_buyer_high
from sums
union all
select
    campaign_id,
    part_no,
    'measured' as status,
    main_units(extra_minor) as extra,
    main_units(extra_low_minor) as extra_low,
    main_units(extra_high_minor) as extra_high,
    0.9 as interval_level,
    null as claimed,
    null as cost,
    null as return_on_cost,
    null as return_on_cost_low,
    null as return_on_cost_high,
    null as new_buyers,
    null as new_buyers_low,
    null as new_buyers_high,
    null as cost_per_new_buyer,
    null as cost_per_new_buyer_low,
    null as cost_per_new_buyer_high
from parts
