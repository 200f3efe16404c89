with events as (
    select * from {{ present('stg_campaign_events') }}
),

identities as (
    select identity_key, consumer_key from {{ ref('int_identities_resolved') }}
),

final as (
    select
        events.source,
        events.campaign_id,
        events.event_id,
        events.identity_key,
        people.consumer_key,
        referrers.consumer_key as referrer_consumer_key,
        events.kind,
        events.reference,
        events.happened_at,
        {{ brand_date('events.happened_at') }} as happened_on,
        events.known_at
    from events
    left join identities as people on events.identity_key = people.identity_key
    left join identities as referrers on events.referrer_identity_key = referrers.identity_key
)

select * from final
