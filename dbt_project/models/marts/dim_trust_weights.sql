with final as (
    select
        source,
        year as published_year,
        channel,
        trust_share,
        scale,
        remark
    from {{ ref('trust_weights') }}
)

select * from final
