-- Everybody, then one row a step of the telling; what members told themselves is the first step.
with surveys as (
    select
        *,
        case
            when status <> 'measured' then 'not measured'
            when reach is null then 'in part'
            else 'measured'
        end as told
    from measurement.word_of_mouth
),

steps as (
    select
        generation.campaign_id,
        generation.generation as step_no,
        surveys.told,
        if(generation.generation = 1, surveys.direct_reach, generation.people) as people,
        if(generation.generation = 1, surveys.direct_reach_low, generation.people_low) as people_low,
        if(generation.generation = 1, surveys.direct_reach_high, generation.people_high) as people_high,
        if(surveys.told = 'not measured', null, surveys.interval_level) as interval_level
    from measurement.word_of_mouth_generations as generation
    inner join surveys using (campaign_id)
    where generation.generation <= 5
)

select
    campaign_id,
    0 as step_no,
    told as status,
    reach as people,
    reach_low as people_low,
    reach_high as people_high,
    if(told = 'not measured', null, interval_level) as interval_level,
    different_people,
    different_people_low,
    different_people_high,
    listed_people,
    listed_people_low,
    listed_people_high,
    told_mean,
    told_mean_low,
    told_mean_high,
    relay_probability,
    relay_probability_low,
    relay_probability_high,
    fan_out,
    fan_out_low,
    fan_out_high,
    relay_ratio,
    relay_ratio_low,
    relay_ratio_high,
    remembered_share,
    remembered_share_low,
    remembered_share_high,
    positive_share,
    negative_share,
    members_count,
    members_group,
    asked_count,
    unanswered_count,
    hearers_count,
    members_needed_count,
    hearers_needed_count
from surveys
union all by name
select
    campaign_id,
    step_no,
    told as status,
    people,
    people_low,
    people_high,
    interval_level
from steps
