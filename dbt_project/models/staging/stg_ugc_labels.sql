with landed as (
    select
        ugc_source,
        platform_or_site,
        external_id,
        label_set,
        label,
        given_words,
        agreement_share,
        labelled_at,
        {{ landed_columns() }}
    from {{ source('landing', 'ugc_labels') }}
    where {{ is_known() }}
),

final as (
    {{ latest_version('landed', ['ugc_source', 'platform_or_site', 'external_id', 'label_set', 'label']) }}
)

select * from final
