-- A campaign's days of activity go on after its end for as long as what members do is still ascribed to it.
with campaigns as (
    select * from {{ present('stg_campaigns') }}
),

final as (
    select
        campaign_id,
        starts_on,
        ends_on,
        {{ add_days('ends_on', var('attribution_days')) }} as activity_ends_on
    from campaigns
)

select * from final
