-- The queue of answers: pieces of the last 30 days that tell of a bad moment.
create view open_pieces as
with gravest as (
    select
        ugc_key,
        consumer_key,
        published_on as told_on,
        product_id,
        store_id,
        moment,
        case
            when moment in ('product_fault', 'staff', 'support') then 1
            when moment in ('fulfilment', 'disappointment', 'wait', 'mixed') then 2
            else 3
        end as urgency_level
    from standing_moments
    where polarity = 'negative' and not is_unsure and published_on between as_of() - 29 and as_of()
    qualify row_number() over (
        partition by ugc_key
        order by urgency_level, confidence desc, moment
    ) = 1
)

select
    gravest.*,
    piece.platform_or_site,
    piece.language,
    piece.followers_count as hearers_count,
    row_number() over (
        order by gravest.urgency_level, piece.followers_count desc nulls last, gravest.told_on, gravest.ugc_key
    ) as urgency_place,
    row_number() over (order by gravest.told_on, gravest.ugc_key) as waiting_place
from gravest
left join marts.fct_ugc as piece using (ugc_key);

-- Every fifth place goes to whoever has waited longest, the others to the most urgent; nobody stands twice.
create view queue as
with recursive walk as (
    select
        0 as place,
        cast(0 as bigint) as urgent_up_to,
        cast(0 as bigint) as waiting_up_to,
        cast(null as varchar) as ugc_key
    union all
    select
        walk.place + 1,
        if((walk.place + 1) % 5 = 0, any_value(walk.urgent_up_to), min(piece.urgency_place)),
        if((walk.place + 1) % 5 = 0, min(piece.waiting_place), any_value(walk.waiting_up_to)),
        if(
            (walk.place + 1) % 5 = 0,
            arg_min(piece.ugc_key, piece.waiting_place),
            arg_min(piece.ugc_key, piece.urgency_place)
        )
    from walk
    inner join
        open_pieces as piece
        on walk.urgent_up_to < piece.urgency_place and walk.waiting_up_to < piece.waiting_place
    group by walk.place
)

select
    walk.place as queue_place,
    piece.*
from walk
inner join open_pieces as piece using (ugc_key);
