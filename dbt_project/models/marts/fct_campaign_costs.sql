with final as (
    select
        source,
        campaign_id,
        cost_id,
        kind,
        amount_minor,
        currency,
        booked_on,
        known_at
    from {{ present('stg_campaign_costs') }}
)

select * from final
