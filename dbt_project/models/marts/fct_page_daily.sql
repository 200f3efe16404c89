with final as (
    select
        page_key,
        source,
        site,
        product_id,
        page_on,
        visitor_type,
        traffic_source,
        displayed_reviews_count,
        displayed_rating,
        views_count,
        add_to_cart_count,
        orders_count,
        units_count,
        price_minor,
        currency,
        known_at
    from {{ present('stg_product_page_daily') }}
)

select * from final
