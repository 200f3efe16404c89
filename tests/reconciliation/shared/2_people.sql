-- Who may be named, and what is known of them. A person with withdrawn scoring consent or known to be a minor never is.
create view listed_people as
select
    consumer_key,
    tier,
    followers_count,
    accounts_count,
    consent_contact,
    if(consent_scoring = 'granted', 'consent', 'research_dataset') as basis
from marts.dim_consumers
where
    is_minor is distinct from true
    and consent_scoring is distinct from 'withdrawn'
    and (consent_scoring = 'granted' or is_research_for_all());

-- Moments of pieces that still stand; a copy of a review counts at its origin.
create view standing_moments as
select *
from marts.fct_moments
where is_counted and deleted_at is null;

create view person_pieces as
select
    consumer_key,
    count(*) filter (where is_recent) as recent_count,
    count(*) filter (where is_recent and is_organic) as recent_organic_count,
    count(*) filter (where is_recent and is_organic is null) as recent_unknown_count,
    max(published_on) filter (where is_standing) as last_ugc_on
from (
    select
        *,
        deleted_at is null and is_counted as is_standing,
        is_standing and published_on between as_of() - 89 and as_of() as is_recent
    from marts.fct_ugc
    where consumer_key is not null
)
group by consumer_key;

-- Members are people of a treatment arm.
create view memberships as
select
    member.campaign_id,
    member.consumer_key,
    member.accepted_on,
    least(member.active_on, member.published_on) as active_on,
    campaign.ends_on
from marts.fct_campaign_members as member
left join marts.dim_campaigns as campaign using (campaign_id)
where member.arm = 'treatment' and member.consumer_key is not null;

create view person_dates as
select
    consumer_key,
    min(accepted_on) as member_on,
    min(active_on) as active_on
from memberships
group by consumer_key;

-- A campaign in which the person was active had ended before the unpaid piece.
create view person_goes_on as
select
    piece.consumer_key,
    min(piece.published_on) as ambassador_on
from marts.fct_ugc as piece
inner join memberships as member using (consumer_key)
where
    piece.is_organic
    and piece.deleted_at is null
    and member.active_on is not null
    and piece.published_on > member.ends_on
group by piece.consumer_key;

create view person_facts as
select
    person.consumer_key,
    person.tier,
    tier_preset() as tier_preset,
    person.followers_count,
    case
        when pieces.consumer_key is not null then pieces.recent_count
        when person.accounts_count > 0 then 0
    end as ugc_90_days_count,
    case
        when pieces.consumer_key is not null
            then if(pieces.recent_unknown_count = 0, pieces.recent_organic_count, null)
        when person.accounts_count > 0 then 0
    end as organic_ugc_90_days_count,
    pieces.last_ugc_on,
    in_words('moment', (
        select told.moment
        from standing_moments as told
        where
            told.consumer_key = person.consumer_key
            and not told.is_unsure
            and told.published_on <= as_of()
        order by told.published_on desc, told.confidence desc, told.ugc_key, told.moment
        limit 1
    )) as last_moment,
    (
        select max(line.business_on)
        from marts.fct_sales_lines as line
        where line.consumer_key = person.consumer_key and not line.is_return and line.business_on <= as_of()
    ) as last_purchase_on,
    case
        when goes_on.ambassador_on is not null then 'ambassador'
        when dates.active_on is not null then 'active'
        when dates.member_on is not null then 'member'
        else 'candidate'
    end as state,
    -- The lot: the first 64 bits of a hash of the person and the workspace's seed, below the share of all hashes.
    cast('0x' || left(sha256('standing holdout|' || holdout_seed() || '|' || person.consumer_key), 16) as ubigint)
    < holdout_share() * 18446744073709551616.0 as standing_holdout,
    dates.member_on,
    dates.active_on,
    goes_on.ambassador_on,
    person.consent_contact,
    as_of() as as_of,
    person.basis
from listed_people as person
left join person_pieces as pieces using (consumer_key)
left join person_dates as dates using (consumer_key)
left join person_goes_on as goes_on using (consumer_key);
