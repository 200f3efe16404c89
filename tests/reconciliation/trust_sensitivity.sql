-- Contacts times what each source published; the sum over channels is made anew.
with weighted as (
    select
        found.campaign_id,
        found.source,
        found.published_year,
        found.scale,
        found.channel,
        found.contacts,
        weight.trust_share,
        found.contacts * weight.trust_share as trusted_contacts
    from measurement.trust_sensitivity as found
    left join
        marts.dim_trust_weights as weight
        on
            found.source = weight.source
            and found.published_year is not distinct from weight.published_year
            and found.channel = weight.channel
    where found.channel <> 'all channels'
),

sums as (
    select
        campaign_id,
        source,
        published_year,
        sum(contacts) filter (where trusted_contacts is not null) as contacts,
        sum(trusted_contacts) as trusted_contacts
    from weighted
    group by all
)

select
    campaign_id,
    source,
    published_year,
    scale,
    in_words('channel', channel) as channel,
    contacts,
    trust_share,
    trusted_contacts,
    null as weighted_share
from weighted
union all
select
    found.campaign_id,
    found.source,
    found.published_year,
    found.scale,
    in_words('channel', found.channel) as channel,
    sums.contacts,
    null as trust_share,
    sums.trusted_contacts,
    sums.trusted_contacts / sums.contacts as weighted_share
from measurement.trust_sensitivity as found
left join
    sums
    on
        found.campaign_id = sums.campaign_id
        and found.source = sums.source
        and found.published_year is not distinct from sums.published_year
where found.channel = 'all channels'
