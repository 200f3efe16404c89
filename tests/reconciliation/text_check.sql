-- Labels that people gave, beside what was read; a text may tell of several moments, so rows of reasons overlap.
with texts as (
    select *
    from marts.fct_ugc
    where is_counted and text_length > 0
),

reasons as (
    select
        'reasons given' as comparison,
        piece.ugc_key,
        piece.source,
        label.given_words as given,
        in_words('moment', label.label) as expected,
        coalesce(
            in_words('moment', told.moment), if(piece.sentiment is null, 'not read', 'nothing told')
        ) as told
    from marts.fct_ugc_labels as label
    inner join texts as piece using (ugc_key)
    left join marts.fct_moments as told on piece.ugc_key = told.ugc_key and not told.is_unsure
    where label.label_set = 'moment'
),

feelings as (
    select
        'feeling given' as comparison,
        piece.ugc_key,
        piece.source,
        label.given_words as given,
        nullif(label.label, 'other') as expected,
        coalesce(piece.sentiment, 'not read') as told
    from marts.fct_ugc_labels as label
    inner join texts as piece using (ugc_key)
    where label.label_set = 'sentiment'
),

stars as (
    select
        'stars given' as comparison,
        ugc_key,
        source,
        regexp_replace(cast(rating as varchar), '\.0$', '')
        || ' of '
        || regexp_replace(cast(rating_max as varchar), '\.0$', '') as given,
        case when rating_share <= 0.4 then 'negative' when rating_share < 0.8 then 'neutral' else 'positive' end
            as expected,
        coalesce(sentiment, 'not read') as told
    from texts
    where rating is not null and rating_max is not null and rating_share is not null
),

everything as (
    select * from reasons
    union all
    select * from feelings
    union all
    select * from stars
),

given as (
    select
        comparison,
        source,
        given,
        expected,
        count(distinct ugc_key) as given_count
    from everything
    group by all
)

select
    everything.comparison,
    everything.source,
    everything.given,
    everything.expected,
    everything.told,
    count(*) as pieces_count,
    any_value(given.given_count) as given_count,
    count(*) / any_value(given.given_count) as share,
    everything.told = everything.expected as is_right
from everything
inner join
    given
    on
        everything.comparison = given.comparison
        and everything.source = given.source
        and everything.given = given.given
        and everything.expected is not distinct from given.expected
group by all
