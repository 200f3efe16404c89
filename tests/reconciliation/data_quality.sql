-- Rows of the loads, coverage of the marts, the gates before the exports, models in use, rows of the other exports.
with loaded as (
    select
        source,
        stream,
        sum(rows_read) as "rows read",
        sum(rows_accepted) as "rows accepted",
        sum(rows_quarantined) as "rows refused",
        sum(rows_duplicate) as "rows seen before",
        sum(conflicting_duplicates) as "seen before with other values",
        sum(rows_removed) as "rows the source no longer has"
    from run.loads
    group by all
),

rows_in as (
    unpivot loaded
    on columns(* exclude (source, stream))
    into name item value value
),

last_seen as (
    select
        source,
        stream,
        max(cast(left(max_occurred_at, 10) as date)) as date_on
    from run.loads
    group by all
),

coverage as (
    unpivot (
        select
            'people' as stream,
            count(followers_count) / count(*) as followers_count,
            count(is_minor) / count(*) as is_minor,
            count(consent_scoring) / count(*) as consent_scoring,
            count(consent_contact) / count(*) as consent_contact
        from marts.dim_consumers
    )
    on columns(* exclude (stream))
    into name item value value
    union all
    unpivot (
        select
            'till lines' as stream,
            count(consumer_key) / count(*) as consumer_key,
            count(margin_minor) / count(*) as margin_minor
        from marts.fct_sales_lines
    )
    on columns(* exclude (stream))
    into name item value value
    union all
    unpivot (
        select
            'posts and reviews' as stream,
            count(consumer_key) / count(*) as consumer_key,
            count(published_on) / count(*) as published_on,
            count(followers_count) / count(*) as followers_count,
            count(likes_count) / count(*) as likes_count,
            count(comments_count) / count(*) as comments_count,
            count(shares_count) / count(*) as shares_count,
            count(saves_count) / count(*) as saves_count,
            count(views_count) / count(*) as views_count,
            count(reach_count) / count(*) as reach_count,
            count(impressions_count) / count(*) as impressions_count,
            count(rating_share) / count(*) as rating_share,
            count(sentiment) / count(*) as sentiment
        from marts.fct_ugc
    )
    on columns(* exclude (stream))
    into name item value value
),

models as (
    select
        model,
        model_as_of
    from run.models
),

drift as (
    select
        model,
        subject,
        max(psi) as psi
    from measurement.drift
    group by all
),

left_out as (
    select
        case
            when is_minor then 'left out: known minor'
            when consent_scoring = 'withdrawn' then 'left out: scoring consent withdrawn'
            else 'left out: no basis: scoring consent never given'
        end as item,
        count(*) as value
    from marts.dim_consumers
    where consumer_key not in (select listed_people.consumer_key from listed_people)
    group by all
)

select 'rows' as area, source, stream, item, cast(value as double) as value, cast(null as date) as date_on
from rows_in
union all
select 'freshness', source, stream, 'last day seen', null, date_on
from last_seen
union all
select 'freshness', source, null, 'stale since', null, since_on
from run.stale
union all
select 'coverage', null, stream, item, if(isnan(value), null, value), null
from coverage
union all
select 'gate', null, null, gate, executed, null
from run.gates
union all
select 'model', null, null, model, null, model_as_of
from models
union all
select 'change', null, null, model || ': age', as_of() - model_as_of, null
from models
where model_as_of is not null
union all
select 'change', null, null, models.model || ': ' || subject.name, drift.psi, null
from models
cross join (select unnest(['people', 'scores']) as name) as subject
left join drift on models.model = drift.model and subject.name = drift.subject
where models.model_as_of is not null
union all
select 'output', null, null, name, rows_count, null
from run.exports
union all
select 'people', null, null, item, value, null
from left_out
union all
select 'people', null, null, 'people listed', count(*), null
from listed_people
union all
select 'people', null, null, 'scores not exported: ambassador', count(*), null
from scores.ambassador
where consumer_key not in (select listed_people.consumer_key from listed_people)
union all
select 'people', null, null, 'scores not exported: uplift', count(*), null
from scores.uplift
where consumer_key not in (select listed_people.consumer_key from listed_people)
