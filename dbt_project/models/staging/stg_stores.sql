with landed as (
    select
        store_id,
        area_id,
        latitude,
        longitude,
        timezone,
        opened_on,
        closed_on,
        area_population,
        {{ landed_columns() }}
    from {{ source('landing', 'stores') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['store_id']) }}
)

select * from final
