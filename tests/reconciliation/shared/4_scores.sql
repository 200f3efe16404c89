-- Scores of people who may be listed, with ranks given anew among them.
create view ranked_ambassadors as
select
    score.* exclude (rank, loyalty_rank, is_exploration),
    row_number() over (order by score.rank, score.consumer_key) as rank,
    if(
        score.loyalty_rank is null,
        null,
        row_number() over (order by score.loyalty_rank nulls last, score.rank, score.consumer_key)
    ) as loyalty_rank,
    -- Nobody who is kept out by lot is drawn to be invited.
    score.is_exploration and not person.standing_holdout as is_exploration
from scores.ambassador as score
inner join person_facts as person using (consumer_key);

create view ranked_uplift as
select
    score.* exclude (rank),
    row_number() over (
        partition by score.campaign_id, score.outcome
        order by score.rank, score.consumer_key
    ) as rank
from scores.uplift as score
inner join listed_people using (consumer_key);

-- Only people who may be listed are named in the queue.
create view listed_queue as
select
    place.* exclude (consumer_key),
    person.consumer_key,
    place.told_on + [1, 3, 7][place.urgency_level] as reply_by
from queue as place
left join listed_people as person on place.consumer_key = person.consumer_key;
