with landed as (
    select
        identity_key,
        unit_kind,
        home_area_id,
        preferred_store_id,
        language,
        age_band,
        is_minor,
        joined_at,
        {{ landed_columns() }}
    from {{ source('landing', 'consumers') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['identity_key']) }}
)

select * from final
