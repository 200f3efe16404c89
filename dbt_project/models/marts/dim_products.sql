with products as (
    select * from {{ present('stg_products') }}
),

named as (
    select product_id from products
    union
    select distinct product_id from {{ present('stg_pos_lines') }}
    union
    select distinct product_id from {{ present('stg_product_page_daily') }}
    union
    select distinct product_id from {{ ref('int_ugc_products_mentioned') }}
    union
    select distinct product_id from {{ present('stg_campaign_products') }}
    union
    select unit_ref as product_id from {{ present('stg_campaign_members') }} where unit = 'product'
),

final as (
    select
        named.product_id,
        products.brand,
        products.category,
        products.name,
        products.product_id is not null as is_known
    from named
    left join products on named.product_id = products.product_id
    where named.product_id is not null
)

select * from final
