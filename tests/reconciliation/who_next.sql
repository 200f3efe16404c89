-- Worth of an invitation and of a sample, against what a member of past campaigns has cost; a bad moment comes first,
-- and whoever must not be contacted is left alone.
with costs as (
    select
        campaign_id,
        sum(amount_minor) as cost_minor
    from marts.fct_campaign_costs
    group by campaign_id
    having bool_and(currency = currency())
),

past_members as (
    select
        campaign_id,
        count(*) as members_count
    from marts.fct_campaign_members
    where arm = 'treatment' and consumer_key is not null
    group by campaign_id
),

member_cost as (
    select round_even(sum(costs.cost_minor) / sum(past_members.members_count), 0) as cost_minor
    from costs
    inner join past_members using (campaign_id)
),

invitations as (
    select
        score.*,
        if(
            member_cost.cost_minor is null,
            score.rank <= greatest(1, round_even(0.05 * count(*) over (), 0)),
            score.expected_value_minor > member_cost.cost_minor
        ) or score.is_exploration as is_worth_it,
        score.expected_value_minor - coalesce(member_cost.cost_minor, 0) as gain
    from ranked_ambassadors as score
    cross join member_cost
),

-- The latest campaign learned from says what a sample is worth.
sample_worth as (
    select
        consumer_key,
        arg_max(round_even(uplift, 0), campaign_id) as worth,
        arg_max(round_even(uplift_low, 0), campaign_id) filter (where uplift_low is not null) as worth_low,
        arg_max(round_even(uplift_high, 0), campaign_id) filter (where uplift_high is not null) as worth_high
    from scores.uplift
    where is_money(outcome)
    group by consumer_key
),

sample_groups as (
    select
        consumer_key,
        bool_or(group_label = 'contact helps') as is_helped,
        bool_or(group_label = 'contact hurts') as is_hurt,
        min(rank) as best_rank
    from scores.uplift
    where not is_money(outcome)
    group by consumer_key
),

samples as (
    select
        *,
        is_helped and if(
            member_cost.cost_minor is null,
            best_rank <= greatest(1, round_even(0.05 * count(*) over (), 0)),
            worth > member_cost.cost_minor
        ) as is_worth_it,
        coalesce(worth, 0) - coalesce(member_cost.cost_minor, 0) as gain
    from sample_groups
    full join sample_worth using (consumer_key)
    cross join member_cost
),

answers as (
    select
        consumer_key,
        min(queue_place) as queue_place,
        arg_min(reply_by, queue_place) as reply_by
    from listed_queue
    where consumer_key is not null
    group by consumer_key
),

thanks as (
    select
        consumer_key,
        max(published_on) as told_on
    from standing_moments
    where polarity = 'positive' and not is_unsure and published_on between as_of() - 13 and as_of()
    group by consumer_key
),

wishes as (
    select
        person.*,
        invitation.rank as score_rank,
        case
            when answer.queue_place is not null then 'fix'
            when invitation.is_worth_it and (sample.is_worth_it is not true or invitation.gain >= sample.gain)
                then 'recruit'
            when sample.is_worth_it then 'sample'
            when thanks.told_on is not null then 'thank'
        end as wish,
        person.consent_contact is not distinct from 'withdrawn'
        or (wish <> 'fix' and (person.standing_holdout or coalesce(sample.is_hurt, false))) as is_left_alone,
        if(wish = 'recruit', invitation.expected_value_minor, if(wish = 'sample', sample.worth, null)) as worth,
        if(wish = 'recruit', invitation.expected_value_low_minor, if(wish = 'sample', sample.worth_low, null))
            as worth_low,
        if(wish = 'recruit', invitation.expected_value_high_minor, if(wish = 'sample', sample.worth_high, null))
            as worth_high,
        if(wish in ('recruit', 'sample'), member_cost.cost_minor, null) as cost,
        answer.queue_place,
        case wish
            when 'fix' then answer.reply_by
            when 'thank' then thanks.told_on + 14
            else as_of() + 30
        end as act_by
    from person_facts as person
    cross join member_cost
    left join invitations as invitation using (consumer_key)
    left join samples as sample using (consumer_key)
    left join answers as answer using (consumer_key)
    left join thanks using (consumer_key)
),

actions as (
    select
        * exclude (worth, worth_low, worth_high, cost),
        if(is_left_alone, 'leave alone', wish) as action,
        if(is_left_alone, null, worth) as expected_value_minor,
        if(is_left_alone, null, worth_low) as expected_value_low_minor,
        if(is_left_alone, null, worth_high) as expected_value_high_minor,
        if(is_left_alone, null, cost) as cost_minor
    from wishes
    where wish is not null
)

select
    row_number() over (
        order by
            case action when 'fix' then 0 when 'leave alone' then 2 else 1 end,
            queue_place nulls last,
            expected_value_minor - coalesce(cost_minor, 0) desc nulls last,
            consumer_key
    ) as place,
    consumer_key,
    action,
    expected_value_minor,
    expected_value_low_minor,
    expected_value_high_minor,
    cost_minor,
    currency() as currency,
    if(is_left_alone, null, act_by) as do_by,
    score_rank,
    tier,
    followers_count,
    last_moment,
    last_purchase_on,
    state,
    consent_contact,
    basis
from actions
