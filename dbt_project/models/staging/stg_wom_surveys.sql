with landed as (
    select
        campaign_id,
        identity_key,
        people_told_count,
        valence,
        generation,
        bought_after_post,
        surveyed_at,
        {{ landed_columns() }}
    from {{ source('landing', 'wom_surveys') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['source', 'campaign_id', 'identity_key', 'surveyed_at']) }}
)

select * from final
