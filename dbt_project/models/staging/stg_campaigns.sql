with landed as (
    select
        campaign_id,
        name,
        kind,
        starts_on,
        ends_on,
        budget_minor,
        currency,
        assignment_unit,
        hashtags,
        codes,
        {{ landed_columns() }}
    from {{ source('landing', 'campaigns') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['campaign_id']) }}
)

select * from final
