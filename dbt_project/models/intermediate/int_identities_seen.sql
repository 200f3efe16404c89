with sightings as (
    select identity_key, 'loyalty' as identity_kind, sold_at as seen_at
    from {{ present('stg_pos_lines') }}
    union all
    select identity_key, 'loyalty' as identity_kind, joined_at as seen_at
    from {{ present('stg_consumers') }}
    union all
    select identity_key, 'loyalty' as identity_kind, linked_at as seen_at
    from {{ present('stg_consumer_links') }}
    union all
    select external_identity_key as identity_key, kind as identity_kind, linked_at as seen_at
    from {{ present('stg_consumer_links') }}
    union all
    select identity_key, 'loyalty' as identity_kind, changed_at as seen_at
    from {{ present('stg_consents') }}
    union all
    select identity_key, 'loyalty' as identity_kind, surveyed_at as seen_at
    from {{ present('stg_wom_surveys') }}
    union all
    select identity_key, 'loyalty' as identity_kind, surveyed_at as seen_at
    from {{ present('stg_brand_surveys') }}
    union all
    select unit_identity_key as identity_key, 'loyalty' as identity_kind, assigned_at as seen_at
    from {{ present('stg_campaign_members') }}
    union all
    select identity_key, 'loyalty' as identity_kind, happened_at as seen_at
    from {{ present('stg_campaign_events') }}
    union all
    select referrer_identity_key as identity_key, 'loyalty' as identity_kind, happened_at as seen_at
    from {{ present('stg_campaign_events') }}
    union all
    select account_identity_key as identity_key, 'social_account' as identity_kind, observed_at as seen_at
    from {{ present('stg_social_profiles') }}
    union all
    select account_identity_key as identity_key, 'social_account' as identity_kind, published_at as seen_at
    from {{ present('stg_social_posts') }}
    union all
    select account_identity_key as identity_key, 'social_account' as identity_kind, published_at as seen_at
    from {{ present('stg_influencer_bursts') }}
    union all
    select author_identity_key as identity_key, 'review_author' as identity_kind, submitted_at as seen_at
    from {{ present('stg_reviews') }}
),

final as (
    select
        identity_key,
        min(identity_kind) as identity_kind,
        min(seen_at) as first_seen_at
    from sightings
    where identity_key is not null
    group by identity_key
)

select * from final
