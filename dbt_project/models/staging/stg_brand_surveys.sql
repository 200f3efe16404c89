with landed as (
    select
        campaign_id,
        identity_key,
        arm,
        wave,
        trust,
        recommend,
        intent,
        surveyed_at,
        {{ landed_columns() }}
    from {{ source('landing', 'brand_surveys') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['source', 'campaign_id', 'identity_key', 'wave']) }}
)

select * from final
