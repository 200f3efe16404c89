with final as (
    select
        campaign_id,
        place,
        place_id
    from {{ present('stg_campaign_areas') }}
)

select * from final
