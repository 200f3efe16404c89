-- Sales of a campaign's products while it is active, in its stores and areas where it names some, else everywhere.
-- Campaigns that share products count the same sale each: not additive across campaigns.
with windows as (
    select * from {{ ref('int_campaigns_windowed') }}
),

campaign_products as (
    select * from {{ ref('bridge_campaign_products') }}
),

places as (
    select * from {{ ref('bridge_campaign_areas') }}
),

stores as (
    select store_id, area_id from {{ ref('dim_stores') }}
),

sales as (
    select * from {{ ref('fct_sales_daily') }}
),

sales_span as (
    select
        min(business_on) as first_sale_on,
        max(business_on) as last_sale_on
    from sales
),

placed_campaigns as (
    select distinct campaign_id from places
),

campaigns_with_products as (
    select distinct windows.*
    from windows
    inner join campaign_products on windows.campaign_id = campaign_products.campaign_id
),

campaign_stores as (
    select campaigns_with_products.campaign_id, stores.store_id
    from campaigns_with_products
    cross join stores
    left join placed_campaigns on campaigns_with_products.campaign_id = placed_campaigns.campaign_id
    where placed_campaigns.campaign_id is null
    union
    select places.campaign_id, stores.store_id
    from places
    inner join stores on places.place = 'store' and places.place_id = stores.store_id
    union
    select places.campaign_id, stores.store_id
    from places
    inner join stores on places.place = 'area' and places.place_id = stores.area_id
),

-- Days the tills cover: outside of them sales are unknown, inside no line means nothing sold.
days as (
    select
        campaigns_with_products.campaign_id,
        dates.date_on as business_on
    from campaigns_with_products
    cross join sales_span
    inner join {{ ref('dim_dates') }} as dates
        on
            dates.date_on >= greatest(campaigns_with_products.starts_on, sales_span.first_sale_on)
            and dates.date_on <= least(campaigns_with_products.activity_ends_on, sales_span.last_sale_on, {{ as_of() }})
    where sales_span.first_sale_on is not null
),

sold as (
    select
        campaign_products.campaign_id,
        sales.business_on,
        {{ sum_minor('case when sales.currency = \'' ~ var("brand_currency") ~ '\' then sales.net_amount_minor end') }}
            as net_amount_minor,
        bool_or(sales.currency <> '{{ var("brand_currency") }}') as has_foreign_money,
        cast(sum(sales.lines_count) as bigint) as lines_count
    from sales
    inner join campaign_products on sales.product_id = campaign_products.product_id
    inner join windows
        on
            campaign_products.campaign_id = windows.campaign_id
            and sales.business_on between windows.starts_on and windows.activity_ends_on
    inner join campaign_stores
        on campaign_products.campaign_id = campaign_stores.campaign_id and sales.store_id = campaign_stores.store_id
    group by campaign_products.campaign_id, sales.business_on
),

final as (
    select
        days.campaign_id,
        days.business_on,
        case when not coalesce(sold.has_foreign_money, false) then coalesce(sold.net_amount_minor, 0) end
            as net_amount_minor,
        coalesce(sold.lines_count, 0) as lines_count,
        '{{ var("brand_currency") }}' as currency
    from days
    left join sold on days.campaign_id = sold.campaign_id and days.business_on = sold.business_on
)

select * from final
