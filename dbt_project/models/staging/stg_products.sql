with landed as (
    select
        product_id,
        brand,
        category,
        name,
        {{ landed_columns() }}
    from {{ source('landing', 'products') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['product_id']) }}
)

select * from final
