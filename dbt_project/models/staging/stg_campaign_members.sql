with landed as (
    select
        campaign_id,
        unit,
        unit_ref,
        unit_identity_key,
        arm,
        assigned_at,
        assignment_probability,
        cluster_id,
        {{ landed_columns() }}
    from {{ source('landing', 'campaign_members') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['campaign_id', 'unit', 'unit_ref', 'unit_identity_key']) }}
)

select * from final
