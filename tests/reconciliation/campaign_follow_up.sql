with members as (
    select
        takers.*,
        coalesce(takers.published_on, takers.active_on) as told_on
    from takers
    inner join running_campaigns using (campaign_id)
),

due as (
    select campaign_id, consumer_key, 'invited, no answer' as due, invited_on as since_on
    from members
    where coalesce(accepted_on, delivered_on, told_on) is null and invited_on <= as_of() - 7
    union all
    select campaign_id, consumer_key, 'accepted, nothing delivered', accepted_on
    from members
    where coalesce(delivered_on, told_on) is null and accepted_on <= as_of() - 10
    union all
    select campaign_id, consumer_key, 'delivered and silent', delivered_on
    from members
    where told_on is null and delivered_on <= as_of() - 14
    union all
    select members.campaign_id, members.consumer_key, 'disclosure missing', max(piece.published_on)
    from members
    inner join marts.bridge_campaign_ugc as link using (campaign_id)
    inner join
        marts.fct_ugc as piece
        on link.ugc_key = piece.ugc_key and members.consumer_key = piece.consumer_key
    where piece.is_undisclosed_incentive and piece.deleted_at is null and piece.published_on <= as_of()
    group by all
)

select
    due.campaign_id,
    due.consumer_key,
    due.due,
    due.since_on,
    as_of() - due.since_on as waiting_days,
    person.consent_contact,
    person.basis
from due
inner join listed_people as person using (consumer_key)
