-- Campaigns that run, or ended less than two weeks ago; people who take part, each once a campaign.
create view running_campaigns as
select
    campaign_id,
    starts_on
from marts.dim_campaigns
where starts_on <= as_of() and ends_on >= as_of() - 14;

create view takers as
select
    campaign_id,
    consumer_key,
    min(invited_on) as invited_on,
    min(accepted_on) as accepted_on,
    min(delivered_on) as delivered_on,
    min(published_on) as published_on,
    min(active_on) as active_on
from marts.fct_campaign_members
where arm = 'treatment' and consumer_key is not null
group by all;
