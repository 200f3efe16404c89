with landed as (
    select
        identity_key,
        kind,
        scope,
        external_identity_key,
        linked_at,
        {{ landed_columns() }}
    from {{ source('landing', 'consumer_links') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['identity_key', 'kind', 'external_identity_key']) }}
)

select * from final
