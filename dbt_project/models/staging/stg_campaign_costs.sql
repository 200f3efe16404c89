with landed as (
    select
        campaign_id,
        cost_id,
        kind,
        amount_minor,
        currency,
        booked_on,
        {{ landed_columns() }}
    from {{ source('landing', 'campaign_costs') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['source', 'campaign_id', 'cost_id']) }}
)

select * from final
