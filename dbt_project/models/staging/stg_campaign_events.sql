with landed as (
    select
        campaign_id,
        event_id,
        identity_key,
        kind,
        referrer_identity_key,
        reference,
        happened_at,
        {{ landed_columns() }}
    from {{ source('landing', 'campaign_events') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['source', 'campaign_id', 'event_id']) }}
)

select * from final
