with steps as (
    unpivot (
        select campaign_id, consumer_key, invited_on, accepted_on, delivered_on, published_on
        from takers
    )
    on invited_on as 'invited', accepted_on as 'accepted', delivered_on as 'delivered', published_on as 'published'
    into name step value reached_on
),

sizes as (
    select campaign_id, count(*) as members_count
    from takers
    group by all
),

running as (
    select
        campaign_id,
        starts_on,
        as_of() - starts_on as day_number,
        unnest(['invited', 'accepted', 'delivered', 'published']) as step
    from running_campaigns
),

finished as (
    select campaign_id, starts_on
    from marts.dim_campaigns
    where ends_on < as_of() - 14
),

-- Finished campaigns that took the step at all, on the same day after their start.
usual as (
    select
        running.campaign_id,
        running.step,
        finished.campaign_id as other_id,
        count(*) filter (where steps.reached_on <= finished.starts_on + cast(running.day_number as integer))
        / any_value(sizes.members_count) as share
    from running
    cross join finished
    inner join steps on finished.campaign_id = steps.campaign_id and running.step = steps.step
    inner join sizes on finished.campaign_id = sizes.campaign_id
    group by all
),

usual_shares as (
    select campaign_id, step, median(share) as usual_share
    from usual
    group by all
),

costs as (
    select campaign_id, any_value(currency) as currency, sum(amount_minor) as cost_minor
    from marts.fct_campaign_costs
    group by all
    having count(distinct currency) = 1
),

reached as (
    select
        running.campaign_id,
        running.step,
        running.day_number,
        sizes.members_count,
        count(steps.consumer_key) filter (where steps.reached_on <= as_of()) as reached_count
    from running
    inner join sizes using (campaign_id)
    left join steps using (campaign_id, step)
    group by all
)

select
    reached.campaign_id,
    reached.step,
    reached.day_number,
    reached.members_count,
    reached.reached_count,
    reached.reached_count / reached.members_count as reached_share,
    usual_shares.usual_share,
    case
        when usual_share is null then 'no campaign to compare with'
        when reached_share > usual_share + 0.1 then 'ahead'
        when reached_share < usual_share - 0.1 then 'behind'
        else 'as usual'
    end as pace,
    if(
        campaign.budget_minor > 0 and campaign.currency = costs.currency,
        costs.cost_minor / campaign.budget_minor,
        null
    ) as budget_spent_share
from reached
left join usual_shares using (campaign_id, step)
left join marts.dim_campaigns as campaign using (campaign_id)
left join costs using (campaign_id)
