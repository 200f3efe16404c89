with final as (
    select distinct
        attributed.campaign_id,
        attributed.ugc_key
    from {{ ref('int_ugc_attributed') }} as attributed
    inner join {{ ref('fct_ugc') }} as ugc on attributed.ugc_key = ugc.ugc_key
    where attributed.campaign_id is not null and ugc.is_counted
)

select * from final
