with final as (
    select
        stream,
        text_length,
        text_hash,
        language,
        language_confidence,
        ugc_kind,
        sentiment_negative,
        sentiment_neutral,
        sentiment_positive,
        sentiment_model_id,
        has_moments_read,
        hashtags,
        code_tokens,
        words_count,
        distinct_words_share,
        links_count,
        handles_count,
        emoji_count,
        link_density,
        handle_density,
        capitals_share,
        has_disclosure_words,
        source,
        load_id,
        row_no
    from {{ source('landing', 'signals') }}
)

select * from final
