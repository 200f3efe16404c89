select
    score.campaign_id,
    score.outcome,
    score.consumer_key,
    score.rank,
    score.group_label,
    in_outcome_unit(score.uplift, score.outcome) as expected_extra,
    in_outcome_unit(score.uplift_low, score.outcome) as expected_extra_low,
    in_outcome_unit(score.uplift_high, score.outcome) as expected_extra_high,
    unit_of(score.outcome) as unit,
    score.design,
    person.tier,
    person.followers_count,
    person.state,
    person.standing_holdout,
    person.consent_contact,
    score.model_as_of
from ranked_uplift as score
inner join person_facts as person using (consumer_key)
