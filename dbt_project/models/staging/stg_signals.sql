with final as (
    select
        stream,
        text_length,
        language,
        ugc_kind,
        hashtags,
        code_tokens,
        source,
        load_id,
        row_no
    from {{ source('landing', 'signals') }}
)

select * from final
