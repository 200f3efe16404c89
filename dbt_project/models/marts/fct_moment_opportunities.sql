-- How often people had occasion to tell of the brand: sales of stores, views of product pages.
with sales as (
    select store_id, business_on as activity_on, {{ sum_minor('transactions_count') }} as transactions_count
    from {{ ref('fct_store_days') }}
    group by store_id, business_on
),

views as (
    select product_id, page_on as activity_on, {{ sum_minor('views_count') }} as views_count
    from {{ ref('fct_page_daily') }}
    where product_id is not null
    group by product_id, page_on
),

brand_sales as (
    select activity_on, {{ sum_minor('transactions_count') }} as transactions_count
    from sales
    group by activity_on
),

brand_views as (
    select activity_on, {{ sum_minor('views_count') }} as views_count
    from views
    group by activity_on
),

final as (
    select
        'store' as subject_kind,
        store_id as subject_id,
        activity_on,
        transactions_count,
        cast(null as bigint) as views_count
    from sales
    union all
    select
        'product' as subject_kind,
        product_id as subject_id,
        activity_on,
        cast(null as bigint) as transactions_count,
        views_count
    from views
    union all
    select
        'brand' as subject_kind,
        'all' as subject_id,
        coalesce(brand_sales.activity_on, brand_views.activity_on) as activity_on,
        brand_sales.transactions_count,
        brand_views.views_count
    from brand_sales
    full join brand_views on brand_sales.activity_on = brand_views.activity_on
)

select * from final
