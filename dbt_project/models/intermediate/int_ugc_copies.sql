-- A syndicated review counts once, at its origin: a row that says it was first written elsewhere does not count where
-- its origin's row is here too; where it is not, only the copy on the first site does. Copies are told by their cluster
-- of near copies, ratings without a text by stars and instant; what has neither cannot be told and counts.
with ugc as (
    select
        ugc_key,
        platform_or_site,
        origin_site,
        coalesce(is_syndicated_copy, false) as is_copy,
        duplicate_cluster_id,
        store_id,
        product_ids,
        coalesce(
            duplicate_cluster_id, cast(rating as varchar) || '@' || cast(published_at as varchar)
        ) as told_by
    from {{ ref('int_ugc_resolved') }}
),

matched as (
    select
        *,
        case
            when told_by is not null
                then {{ key_of([
                    'case when is_copy then origin_site else platform_or_site end',
                    'product_ids',
                    'store_id',
                    'told_by',
                ]) }}
        end as match_key
    from ugc
),

final as (
    select
        ugc_key,
        case
            when duplicate_cluster_id is not null then count(*) over (partition by duplicate_cluster_id)
        end as duplicates_count,
        case
            when not is_copy or match_key is null then true
            when bool_or(not is_copy) over (partition by match_key) then false
            else platform_or_site = min(platform_or_site) over (partition by match_key)
        end as is_counted
    from matched
)

select * from final
