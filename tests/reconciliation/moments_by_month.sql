select
    cast(date_trunc('month', published_on) as date) as month_starts_on,
    last_day(date_trunc('month', published_on)) <= as_of() as is_whole,
    in_words('moment', moment) as moment,
    count(*) as pieces_count,
    count(*) filter (where polarity = 'positive') as positive_count,
    count(*) filter (where polarity = 'negative') as negative_count,
    count(distinct coalesce(consumer_key, ugc_key)) as pieces_count__people,
    count(distinct coalesce(consumer_key, ugc_key)) filter (where polarity = 'positive') as positive_count__people,
    count(distinct coalesce(consumer_key, ugc_key)) filter (where polarity = 'negative') as negative_count__people
from standing_moments
where not is_unsure and published_on <= as_of()
group by all
