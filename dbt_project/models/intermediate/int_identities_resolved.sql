-- Stated links only, no fuzzy matching. Up to five loyalty identities are one person: more behind one link is a card
-- that many people use, and merging them would invent a person; fewer would part a household's cards.
{% set largest_cluster = 5 %}

with recursive seen as (
    select * from {{ ref('int_identities_seen') }}
),

links as (
    select * from {{ present('stg_consumer_links') }}
),

loyalty_edges as (
    select identity_key as one, external_identity_key as other, linked_at
    from links
    where kind = 'loyalty' and identity_key <> external_identity_key
    union
    select external_identity_key as one, identity_key as other, linked_at
    from links
    where kind = 'loyalty' and identity_key <> external_identity_key
),

loyalty_neighbours as (
    select one, other, row_number() over (partition by one order by other) as neighbour_no
    from (select distinct one, other from loyalty_edges) as pairs
),

-- One neighbour above the cap is enough to see that a cluster is too large, and keeps a hub from growing it squared.
walks as (
    select one as start, other as reached, 1 as steps
    from loyalty_neighbours
    where neighbour_no <= {{ largest_cluster }} + 1
    union
    select walks.start, loyalty_neighbours.other as reached, walks.steps + 1 as steps
    from walks
    inner join loyalty_neighbours on walks.reached = loyalty_neighbours.one
    where
        walks.steps < {{ largest_cluster }}
        and loyalty_neighbours.neighbour_no <= {{ largest_cluster }} + 1
),

clusters as (
    select
        start as identity_key,
        least(min(reached), start) as smallest_identity_key,
        count(distinct case when reached <> start then reached end) + 1 as identities_count
    from walks
    group by start
),

cluster_links as (
    select one as identity_key, min(linked_at) as valid_from
    from loyalty_edges
    group by one
),

loyalty_resolved as (
    select
        seen.identity_key,
        seen.identity_kind,
        case
            when clusters.identities_count <= {{ largest_cluster }} then clusters.smallest_identity_key
            else seen.identity_key
        end as consumer_key,
        case
            when clusters.identity_key is null then 'own_key'
            when clusters.identities_count <= {{ largest_cluster }} then 'loyalty_link'
            else 'cluster_too_large'
        end as rule,
        case when clusters.identities_count <= {{ largest_cluster }} then cluster_links.valid_from end as valid_from
    from seen
    left join clusters on seen.identity_key = clusters.identity_key
    left join cluster_links on seen.identity_key = cluster_links.identity_key
    where seen.identity_kind = 'loyalty'
),

external_claims as (
    select
        links.external_identity_key as identity_key,
        min(loyalty_resolved.consumer_key) as consumer_key,
        count(distinct loyalty_resolved.consumer_key) as consumers_count,
        case when count(links.linked_at) = count(*) then min(links.linked_at) end as valid_from
    from links
    inner join loyalty_resolved on links.identity_key = loyalty_resolved.identity_key
    where links.kind <> 'loyalty'
    group by links.external_identity_key
),

external_resolved as (
    select
        seen.identity_key,
        seen.identity_kind,
        case
            when external_claims.consumers_count = 1 then external_claims.consumer_key
            else seen.identity_key
        end as consumer_key,
        case
            when external_claims.consumers_count is null then 'own_key'
            when external_claims.consumers_count = 1 then 'external_link'
            else 'conflict_unmerged'
        end as rule,
        case when external_claims.consumers_count = 1 then external_claims.valid_from end as valid_from
    from seen
    left join external_claims on seen.identity_key = external_claims.identity_key
    where seen.identity_kind <> 'loyalty'
),

resolved as (
    select * from loyalty_resolved
    union all
    select * from external_resolved
),

final as (
    select
        identity_key,
        identity_kind,
        consumer_key,
        rule,
        case
            when rule = 'own_key' then 'certain'
            when rule in ('loyalty_link', 'external_link') then 'stated'
            else 'unresolved'
        end as confidence,
        valid_from
    from resolved
)

select * from final
