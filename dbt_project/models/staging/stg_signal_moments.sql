with final as (
    select
        stream,
        moment,
        polarity,
        confidence,
        is_unsure,
        cues,
        source,
        load_id,
        row_no
    from {{ source('landing', 'signal_moments') }}
)

select * from final
