with final as (
    select
        campaign_id,
        product_id
    from {{ present('stg_campaign_products') }}
)

select * from final
