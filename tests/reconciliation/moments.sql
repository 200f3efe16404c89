-- The brand, its stores and its products, in the last 90 days with rates, and of all time.
with subjects as (
    select *, 'brand' as subject_kind, 'all' as subject_id
    from standing_moments
    union all by name
    select *, 'store' as subject_kind, store_id as subject_id
    from standing_moments
    where store_id is not null
    union all by name
    select *, 'product' as subject_kind, product_id as subject_id
    from standing_moments
    where product_id is not null
),

periods as (
    select *, 'all time' as period
    from subjects
    union all
    select *, 'last 90 days' as period
    from subjects
    where published_on between as_of() - 89 and as_of()
),

counted as (
    select
        subject_kind,
        subject_id,
        period,
        moment,
        count(*) filter (where not is_unsure) as pieces_count,
        count(*) filter (where not is_unsure and polarity = 'positive') as positive_count,
        count(*) filter (where not is_unsure and polarity = 'negative') as negative_count,
        count(*) filter (where not is_unsure and exposed_campaign_ids is not null) as after_campaign_count,
        count(*) filter (where is_unsure) as unsure_count,
        count(distinct coalesce(consumer_key, ugc_key)) filter (where not is_unsure) as pieces_count__people,
        count(distinct coalesce(consumer_key, ugc_key)) filter (where not is_unsure and polarity = 'positive')
            as positive_count__people,
        count(distinct coalesce(consumer_key, ugc_key)) filter (where not is_unsure and polarity = 'negative')
            as negative_count__people,
        count(distinct coalesce(consumer_key, ugc_key)) filter (where not is_unsure and exposed_campaign_ids is not null)
            as after_campaign_count__people,
        count(distinct coalesce(consumer_key, ugc_key)) filter (where is_unsure) as unsure_count__people
    from periods
    group by all
),

before as (
    select
        subject_kind,
        subject_id,
        moment,
        'last 90 days' as period,
        count(*) as before_count,
        count(distinct coalesce(consumer_key, ugc_key)) as before_count__people
    from subjects
    where not is_unsure and published_on between as_of() - 179 and as_of() - 90
    group by all
),

occasions as (
    select
        subject_kind,
        subject_id,
        'last 90 days' as period,
        sum(transactions_count) as transactions_count,
        sum(views_count) as views_count
    from marts.fct_moment_opportunities
    where activity_on between as_of() - 89 and as_of()
    group by all
)

select
    subject_kind,
    subject_id,
    period,
    in_words('moment', moment) as moment,
    pieces_count,
    positive_count,
    negative_count,
    after_campaign_count,
    unsure_count,
    if(period = 'all time', null, coalesce(before_count, 0)) as before_count,
    columns('.*__people'),
    transactions_count,
    1000 * pieces_count / nullif(transactions_count, 0) as per_1000_transactions,
    1000 * poisson_low(pieces_count) / nullif(transactions_count, 0) as per_1000_transactions_low,
    1000 * poisson_high(pieces_count) / nullif(transactions_count, 0) as per_1000_transactions_high,
    views_count,
    1000 * pieces_count / nullif(views_count, 0) as per_1000_views,
    1000 * poisson_low(pieces_count) / nullif(views_count, 0) as per_1000_views_low,
    1000 * poisson_high(pieces_count) / nullif(views_count, 0) as per_1000_views_high
from counted
left join before using (subject_kind, subject_id, moment, period)
left join occasions using (subject_kind, subject_id, period)
