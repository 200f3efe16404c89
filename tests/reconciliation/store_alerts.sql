-- Counted here from moments and occasions; which jumps are no chance is the measurement's.
with bad as (
    select
        unnest([{'kind': 'store', 'id': store_id}, {'kind': 'product', 'id': product_id}], recursive := true),
        moment,
        coalesce(consumer_key, ugc_key) as author,
        published_on
    from standing_moments
    where
        not is_unsure
        and (
            polarity = 'negative'
            or moment in ('disappointment', 'wait', 'confusing_instructions', 'product_fault', 'fulfilment')
            and polarity <> 'positive'
        )
),

counted as (
    select
        kind as subject_kind,
        id as subject_id,
        moment,
        count(*) filter (where published_on between as_of() - 13 and as_of()) as recent_count,
        count(*) filter (where published_on between as_of() - 97 and as_of() - 14) as earlier_count,
        count(distinct author) filter (where published_on between as_of() - 13 and as_of()) as recent_count__people,
        count(distinct author) filter (where published_on between as_of() - 97 and as_of() - 14)
            as earlier_count__people
    from bad
    group by all
),

occasions as (
    select
        subject_kind,
        subject_id,
        sum(if(subject_kind = 'store', transactions_count, views_count)) filter (where activity_on between as_of() - 13 and as_of())
            as recent_occasions,
        sum(if(subject_kind = 'store', transactions_count, views_count)) filter (where activity_on between as_of() - 97 and as_of() - 14)
            as earlier_occasions
    from marts.fct_moment_opportunities
    group by all
)

select
    found.subject_kind,
    found.subject_id,
    in_words('moment', found.moment) as moment,
    counted.recent_count,
    as_of() - 13 as recent_from,
    counted.earlier_count,
    counted.recent_count__people,
    counted.earlier_count__people,
    if(found.subject_kind = 'store', 'sales', 'page views') as opportunity,
    1000 * counted.recent_count / occasions.recent_occasions as recent_per_1000,
    1000 * counted.earlier_count / occasions.earlier_occasions as earlier_per_1000,
    recent_per_1000 / nullif(earlier_per_1000, 0) as times_as_often
from measurement.store_alerts as found
left join counted using (subject_kind, subject_id, moment)
left join occasions using (subject_kind, subject_id)
where found.is_alert
