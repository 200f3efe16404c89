-- The outcome of a campaign is what is bought of its products. Where none of them was ever sold (the launch has not
-- reached the tills) it is what is bought of their categories.
with campaign_products as (
    select campaign_id, product_id from {{ present('stg_campaign_products') }}
),

products as (
    select product_id, category from {{ present('stg_products') }}
),

sold_products as (
    select distinct product_id from {{ present('stg_pos_lines') }}
),

measurable as (
    select
        campaign_products.campaign_id,
        count(sold_products.product_id) > 0 as has_sold_products
    from campaign_products
    left join sold_products on campaign_products.product_id = sold_products.product_id
    group by campaign_products.campaign_id
),

own_products as (
    select
        campaign_products.campaign_id,
        campaign_products.product_id,
        'products' as outcome_basis
    from campaign_products
    inner join measurable on campaign_products.campaign_id = measurable.campaign_id
    where measurable.has_sold_products
),

categories as (
    select distinct campaign_products.campaign_id, products.category
    from campaign_products
    inner join measurable on campaign_products.campaign_id = measurable.campaign_id
    inner join products on campaign_products.product_id = products.product_id
    where not measurable.has_sold_products and products.category is not null
),

category_products as (
    select
        categories.campaign_id,
        products.product_id,
        'category' as outcome_basis
    from categories
    inner join products on categories.category = products.category
),

final as (
    select * from own_products
    union all
    select * from category_products
)

select * from final
