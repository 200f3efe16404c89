-- One result is shown as several rows: 50 reviews against none, ten more, jumps, seeded pages, reviews brought.
with results as (
    select
        *,
        status = 'measured' as is_measured,
        in_words('method', method) as told_by,
        in_words('dose', dose) as reviews_known,
        in_words('review_outcome', outcome) as counted
    from measurement.review_effect
),

figures as (
    -- Nothing could be told: one row says so.
    select
        result_id,
        if(method = 'drawn_people', 'reviews a campaign brought', '50 reviews against none') as kind,
        counted,
        null as reviews_from,
        null as reviews_to,
        null as extra,
        null as extra_low,
        null as extra_high,
        null as chance,
        products_count,
        true as has_check
    from results
    where not is_measured
    union all
    select
        result_id,
        '50 reviews against none',
        counted,
        0,
        50,
        effect_at_50,
        effect_low,
        effect_high,
        null,
        products_count,
        true
    from results
    where is_measured and method <> 'drawn_people'
    union all
    select
        result_id,
        'seeded pages against others',
        counted,
        null,
        null,
        gain,
        gain_low,
        gain_high,
        null,
        products_count,
        true
    from results
    where is_measured and gain is not null
    union all
    select
        result_id,
        'reviews a campaign brought',
        in_words(
            'review_outcome', if(method = 'drawn_people', 'reviews_per_100_members', 'reviews_per_product')
        ),
        null,
        null,
        reviews_gained,
        reviews_gained_low,
        reviews_gained_high,
        null,
        products_count,
        false
    from results
    where is_measured and reviews_gained is not null
    union all
    select
        result_id,
        'ten more reviews',
        results.counted,
        curve.reviews_from,
        curve.reviews_to,
        curve.effect,
        curve.effect_low,
        curve.effect_high,
        null,
        results.products_count,
        true
    from measurement.review_effect_curve as curve
    inner join results using (result_id)
    where curve.kind = 'ten_more'
    union all
    select
        result_id,
        'a jump at a number',
        results.counted,
        step.reviews_at - 1,
        step.reviews_at,
        if(step.status = 'measured', step.effect, null),
        if(step.status = 'measured', step.effect_low, null),
        if(step.status = 'measured', step.effect_high, null),
        if(step.status = 'measured', step.p_adjusted, null),
        step.products_count,
        false
    from measurement.review_effect_steps as step
    inner join results using (result_id)
)

select
    results.told_by,
    results.reviews_known,
    results.campaign_id,
    figures.kind,
    figures.counted,
    figures.reviews_from,
    figures.reviews_to,
    figures.extra,
    figures.extra_low,
    figures.extra_high,
    case
        when not results.is_measured then null
        when figures.kind = 'a jump at a number' and figures.extra is null then null
        else results.interval_level
    end as interval_level,
    figures.chance,
    results.pages_count,
    figures.products_count,
    results.treated_count,
    results.control_count as compared_count,
    results.weeks_count,
    results.orders_count,
    if(figures.has_check, results.placebo_effect, null) as check_extra,
    if(figures.has_check, results.placebo_low, null) as check_low,
    if(figures.has_check, results.placebo_high, null) as check_high,
    if(figures.has_check, check_of(results.placebo_low, results.placebo_high), null) as "check",
    null as source,
    null as source_year
from figures
inner join results using (result_id)
union all
select
    'other people''s figures',
    null,
    null,
    'published elsewhere',
    null,
    reviews_from,
    reviews_to,
    effect,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    source,
    year
from measurement.review_effect_references
