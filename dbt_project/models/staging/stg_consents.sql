with landed as (
    select
        identity_key,
        purpose,
        status,
        changed_at,
        {{ landed_columns() }}
    from {{ source('landing', 'consents') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['identity_key', 'purpose', 'changed_at']) }}
)

select * from final
