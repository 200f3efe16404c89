with labels as (
    select * from {{ present('stg_ugc_labels') }}
),

ugc as (
    select * from {{ ref('fct_ugc') }}
),

final as (
    select
        ugc.ugc_key,
        labels.label_set,
        labels.label,
        coalesce(labels.given_words, labels.label) as given_words,
        labels.agreement_share,
        ugc.ugc_source,
        ugc.source,
        labels.known_at
    from labels
    inner join ugc
        on
            labels.ugc_source = ugc.ugc_source
            and labels.platform_or_site = ugc.platform_or_site
            and labels.external_id = ugc.external_id
)

select * from final
