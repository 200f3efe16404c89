select
    score.consumer_key,
    score.rank,
    score.loyalty_rank,
    score.expected_value_minor,
    score.expected_value_low_minor,
    score.expected_value_high_minor,
    score.expected_through_others_minor,
    score.currency,
    score.is_exploration,
    person.* exclude (consumer_key),
    score.model_as_of
from ranked_ambassadors as score
inner join person_facts as person using (consumer_key)
