with final as (
    select
        campaign_id,
        place,
        place_id
    from {{ ref('stg_campaign_areas') }}
)

select * from final
