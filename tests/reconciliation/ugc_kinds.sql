with pieces as (
    select
        *,
        is_counted and text_length > 0 as has_text,
        has_text and sentiment is not null as is_read
    from marts.fct_ugc
    where deleted_at is null
)

select
    platform_or_site as place,
    ugc_kind as kind,
    count(*) filter (where is_counted) as pieces_count,
    count(*) filter (where is_counted and published_on between as_of() - 89 and as_of()) as last_90_days_count,
    count(*) filter (where is_counted and is_organic) as unpaid_count,
    count(*) filter (where is_counted and not is_organic) as incentive_count,
    count(*) filter (where is_counted and is_undisclosed_incentive) as undisclosed_count,
    count(*) filter (where not is_counted) as copies_left_out_count,
    count(*) filter (where is_counted and ugc_key in (select hint.ugc_key from measurement.ugc_hints as hint))
        as look_twice_count,
    count(*) filter (where has_text) as texts_count,
    count(*) filter (where has_text and language <> 'und') / nullif(texts_count, 0) as language_told_share,
    count(*) filter (where is_read) / nullif(texts_count, 0) as read_share,
    count(*) filter (where is_read and sentiment = 'positive') / nullif(count(*) filter (where is_read), 0)
        as positive_share,
    count(*) filter (where is_read and sentiment = 'neutral') / nullif(count(*) filter (where is_read), 0)
        as neutral_share,
    count(*) filter (where is_read and sentiment = 'negative') / nullif(count(*) filter (where is_read), 0)
        as negative_share,
    count(*) filter (where is_read and sentiment = 'unsure') / nullif(count(*) filter (where is_read), 0)
        as unsure_share,
    count(distinct coalesce(consumer_key, ugc_key)) filter (where is_counted) as pieces_count__people,
    count(distinct coalesce(consumer_key, ugc_key)) filter (where is_counted and published_on between as_of() - 89 and as_of())
        as last_90_days_count__people,
    count(distinct coalesce(consumer_key, ugc_key)) filter (where is_counted and is_organic) as unpaid_count__people,
    count(distinct coalesce(consumer_key, ugc_key)) filter (where is_counted and not is_organic) as incentive_count__people,
    count(distinct coalesce(consumer_key, ugc_key)) filter (where is_counted and is_undisclosed_incentive) as undisclosed_count__people,
    count(distinct coalesce(consumer_key, ugc_key)) filter (where not is_counted) as copies_left_out_count__people,
    count(distinct coalesce(consumer_key, ugc_key))
        filter (where is_counted and ugc_key in (select hint.ugc_key from measurement.ugc_hints as hint))
        as look_twice_count__people,
    count(distinct coalesce(consumer_key, ugc_key)) filter (where has_text) as texts_count__people
from pieces
group by all
