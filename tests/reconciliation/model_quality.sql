with told as (
    select
        *,
        case unit
            when 'ratio' then 'ratio'
            when 'minor' then currency()
            else unit_of(outcome)
        end as told_unit,
        split_part(ranked_by, ', ', 1) as ranking,
        coalesce(in_words('order', ranking), ranking) || substr(ranked_by, length(ranking) + 1) as told_by
    from measurement.model_quality
)

select
    model,
    outcome,
    if(is_promoted, 'used', 'refused') as status,
    in_words('part', part) as part,
    coalesce(in_words('figure', figure), replace(figure, '_', ' ')) as figure,
    told_by as ranked_by,
    position,
    if(told_unit = currency(), main_units(value), value) as value,
    if(told_unit = currency(), main_units(low), low) as low,
    if(told_unit = currency(), main_units(high), high) as high,
    told_unit as unit,
    rows as judged_count
from told
