-- Counts and means come from the answers themselves: the last of each person and wave, by the arm they were drawn into.
with answers as (
    select
        campaign_id,
        question,
        consumer_key,
        wave,
        answer,
        arm
    from (
        unpivot (
            select
                campaign_id,
                consumer_key,
                wave,
                arm,
                surveyed_at,
                cast(trust as double) as trust,
                cast(recommend as double) as recommend,
                cast(intent as double) as intent
            from marts.fct_survey_answers
            where survey = 'brand' and wave is not null and consumer_key is not null
        )
        on trust, recommend, intent
        into name question value answer
    )
    qualify row_number() over (
        partition by campaign_id, question, consumer_key, wave
        order by surveyed_at desc
    ) = 1
),

by_arm as (
    select
        answers.campaign_id,
        answers.question,
        answers.wave,
        coalesce(member.arm, answers.arm) = 'treatment' as is_treated,
        count(*) as answers_count,
        avg(answers.answer) as answer_mean
    from answers
    left join
        marts.fct_campaign_members as member
        on
            answers.campaign_id = member.campaign_id
            and answers.consumer_key = member.consumer_key
            and member.arm in ('treatment', 'control', 'holdout')
    where coalesce(member.arm, answers.arm) is not null
    group by all
),

means as (
    select
        campaign_id,
        question,
        max(answer_mean) filter (where is_treated and wave = 'before') as treated_before,
        max(answer_mean) filter (where is_treated and wave = 'after') as treated_after,
        max(answer_mean) filter (where not is_treated and wave = 'before') as control_before,
        max(answer_mean) filter (where not is_treated and wave = 'after') as control_after,
        max(answers_count) filter (where is_treated and wave = 'after') as treated_count,
        max(answers_count) filter (where not is_treated and wave = 'after') as control_count
    from by_arm
    group by all
)

select
    found.campaign_id,
    in_words('question', found.question) as question,
    case
        when found.status <> 'measured' then 'not measured'
        when found.effect_low > 0 then 'clear gain'
        when found.effect_high < 0 then 'clear loss'
        else 'not clear'
    end as verdict,
    found.effect,
    found.effect_low,
    found.effect_high,
    if(found.status = 'measured', found.interval_level, null) as interval_level,
    found."check",
    found.check_low,
    found.check_high,
    if(found.status = 'measured', means.treated_before, null) as treated_before,
    if(found.status = 'measured', means.treated_after, null) as treated_after,
    if(found.status = 'measured', means.control_before, null) as control_before,
    if(found.status = 'measured', means.control_after, null) as control_after,
    if(found.status = 'measured', means.treated_count, null) as treated_count,
    if(found.status = 'measured', means.control_count, null) as control_count,
    found.design
from measurement.brand_effect as found
left join means using (campaign_id, question)
