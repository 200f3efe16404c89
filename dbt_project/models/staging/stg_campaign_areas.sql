with landed as (
    select
        campaign_id,
        place,
        place_id,
        {{ landed_columns() }}
    from {{ source('landing', 'campaign_areas') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['campaign_id', 'place', 'place_id']) }}
)

select * from final
