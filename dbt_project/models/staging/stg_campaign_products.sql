with landed as (
    select
        campaign_id,
        product_id,
        {{ landed_columns() }}
    from {{ source('landing', 'campaign_products') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['campaign_id', 'product_id']) }}
)

select * from final
