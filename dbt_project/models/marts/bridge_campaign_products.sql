with final as (
    select
        campaign_id,
        product_id
    from {{ ref('stg_campaign_products') }}
)

select * from final
