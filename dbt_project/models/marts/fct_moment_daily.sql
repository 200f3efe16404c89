-- Only days on which a subject has a moment are rows: a day that has none had none. Unsure readings, undated pieces,
-- deleted ones and copies are not counted.
with moments as (
    select *
    from {{ ref('fct_moments') }}
    where is_counted and deleted_at is null and published_on is not null
),

subjects as (
    select 'brand' as subject_kind, 'all' as subject_id, moments.* from moments
    union all
    select 'store' as subject_kind, store_id as subject_id, moments.* from moments where store_id is not null
    union all
    select 'product' as subject_kind, product_id as subject_id, moments.* from moments where product_id is not null
),

counted as (
    select
        subject_kind,
        subject_id,
        moment,
        published_on as activity_on,
        count(case when not is_unsure then 1 end) as moments_count,
        count(case when not is_unsure and polarity = 'negative' then 1 end) as negative_count,
        count(case when not is_unsure and polarity = 'positive' then 1 end) as positive_count,
        count(case when not is_unsure and is_bad then 1 end) as bad_count,
        count(case when is_unsure then 1 end) as unsure_count
    from subjects
    group by subject_kind, subject_id, moment, published_on
),

opportunities as (
    select * from {{ ref('fct_moment_opportunities') }}
),

final as (
    select
        counted.subject_kind,
        counted.subject_id,
        counted.moment,
        counted.activity_on,
        counted.moments_count,
        counted.negative_count,
        counted.positive_count,
        counted.bad_count,
        counted.unsure_count,
        opportunities.transactions_count,
        opportunities.views_count
    from counted
    left join opportunities
        on
            counted.subject_kind = opportunities.subject_kind
            and counted.subject_id = opportunities.subject_id
            and counted.activity_on = opportunities.activity_on
)

select * from final
