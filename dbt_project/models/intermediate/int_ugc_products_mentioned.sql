with ugc as (
    select ugc_key, product_ids from {{ ref('int_ugc_unioned') }}
),

final as (
    select distinct ugc_key, product_id
    from (select ugc_key, {{ unnested('product_ids') }} as product_id from ugc) as mentions
    where product_id is not null
)

select * from final
