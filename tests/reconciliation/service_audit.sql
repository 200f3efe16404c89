-- Each group's share of the first fifth against its share of the queue; the range is that of a front drawn by lot.
with sizes as (
    select
        count(*) as queue_count,
        cast(ceil(count(*) / 5) as bigint) as front_size
    from queue
),

grouped as (
    unpivot (
        select
            place.queue_place,
            coalesce(place.consumer_key, place.ugc_key) as author,
            coalesce(person.tier, 'unknown') as tier,
            coalesce(place.language, 'und') as language,
            place.platform_or_site as place
        from queue as place
        left join marts.dim_consumers as person using (consumer_key)
    )
    on tier, language, place
    into name group_kind value "group"
),

counted as (
    select
        grouped.group_kind,
        grouped."group",
        any_value(sizes.queue_count) as queue_count,
        any_value(sizes.front_size) as front_size,
        count(*) as pieces_count,
        count(*) filter (where grouped.queue_place <= sizes.front_size) as front_count,
        count(distinct grouped.author) as pieces_count__people,
        count(distinct grouped.author) filter (where grouped.queue_place <= sizes.front_size) as front_count__people
    from grouped
    cross join sizes
    group by all
),

-- Hypergeometric: k of the group's pieces among front_size drawn of queue_count.
chances as (
    select
        counted.group_kind,
        counted."group",
        k.k,
        sum(
            exp(
                lgamma(pieces_count + 1) - lgamma(k.k + 1) - lgamma(pieces_count - k.k + 1)
                + lgamma(queue_count - pieces_count + 1)
                - lgamma(front_size - k.k + 1)
                - lgamma(queue_count - pieces_count - front_size + k.k + 1)
                - lgamma(queue_count + 1) + lgamma(front_size + 1) + lgamma(queue_count - front_size + 1)
            )
        ) over (partition by counted.group_kind, counted."group" order by k.k) as up_to
    from counted
    cross join lateral (
        select unnest(
            range(
                greatest(0, front_size - (queue_count - pieces_count)), least(pieces_count, front_size) + 1
            )
        ) as k
    ) as k
    where pieces_count >= 10
),

ends as (
    select
        group_kind,
        "group",
        min(k) filter (where up_to >= 0.05 - 1e-12) as low,
        min(k) filter (where up_to >= 0.95 - 1e-12) as high
    from chances
    group by all
)

select
    counted.group_kind,
    counted."group",
    counted.pieces_count,
    counted.pieces_count__people,
    counted.front_count__people,
    if(counted.pieces_count >= 10, counted.front_count, null) as front_count,
    if(counted.pieces_count >= 10, counted.front_count / expected.pieces, null) as front_ratio,
    ends.low / expected.pieces as front_ratio_low,
    ends.high / expected.pieces as front_ratio_high
from counted
cross join lateral (select counted.front_size * counted.pieces_count / counted.queue_count as pieces) as expected
left join ends using (group_kind, "group")
