with identities as (
    select * from {{ ref('int_identities_resolved') }}
),

seen as (
    select
        identities.consumer_key,
        min(sightings.first_seen_at) as first_seen_at
    from identities
    inner join {{ ref('int_identities_seen') }} as sightings on identities.identity_key = sightings.identity_key
    group by identities.consumer_key
),

-- Several cards of one person: the card that gives the person its key describes it, else the smallest.
described as (
    select
        identities.consumer_key,
        consumers.*,
        row_number() over (
            partition by identities.consumer_key
            order by
                case when consumers.identity_key = identities.consumer_key then 0 else 1 end,
                consumers.identity_key
        ) as card_no
    from {{ present('stg_consumers') }} as consumers
    inner join identities on consumers.identity_key = identities.identity_key
),

-- The last word counts; of two at the same instant the withdrawal does.
consents as (
    select
        identities.consumer_key,
        consents.purpose,
        consents.status,
        row_number() over (
            partition by identities.consumer_key, consents.purpose
            order by consents.changed_at desc, consents.status desc
        ) as change_no
    from {{ present('stg_consents') }} as consents
    inner join identities on consents.identity_key = identities.identity_key
),

consent_states as (
    select
        consumer_key,
        max(case when purpose = 'scoring' then status end) as consent_scoring,
        max(case when purpose = 'contact' then status end) as consent_contact,
        max(case when purpose = 'ugc_reuse' then status end) as consent_ugc_reuse
    from consents
    where change_no = 1
    group by consumer_key
),

audiences as (
    select
        consumer_key,
        count(*) as accounts_count,
        max(followers_count) as followers_count
    from {{ ref('dim_accounts') }}
    group by consumer_key
),

streams as (
    select exists(select 1 from {{ ref('dim_accounts') }}) as has_accounts
),

final as (
    select
        seen.consumer_key,
        described.unit_kind,
        described.home_area_id,
        described.preferred_store_id,
        described.language,
        described.age_band,
        described.is_minor,
        described.joined_at,
        consent_states.consent_scoring,
        consent_states.consent_contact,
        consent_states.consent_ugc_reuse,
        case when streams.has_accounts then coalesce(audiences.accounts_count, 0) end as accounts_count,
        audiences.followers_count,
        {{ tier_of('audiences.followers_count') }} as tier,
        {{ brand_date('seen.first_seen_at') }} as first_seen_on,
        described.consumer_key is not null as is_in_source
    from seen
    cross join streams
    left join described on seen.consumer_key = described.consumer_key and described.card_no = 1
    left join consent_states on seen.consumer_key = consent_states.consumer_key
    left join audiences on seen.consumer_key = audiences.consumer_key
)

select * from final
