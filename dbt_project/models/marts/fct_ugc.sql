with ugc as (
    select * from {{ ref('int_ugc_resolved') }}
),

snapshots as (
    select * from {{ ref('fct_profile_snapshots') }}
),

metrics as (
    select * from {{ ref('fct_post_metric_snapshots') }}
),

-- One reading of all figures, the last, so that they stand at one instant.
last_metrics as (
    {{ one_row_each('metrics', ['ugc_key'], 'observed_at desc') }}
),

first_snapshots as (
    {{ one_row_each('snapshots', ['account_key'], 'observed_at asc') }}
),

copies as (
    select * from {{ ref('int_ugc_copies') }}
),

product_mentions as (
    select
        ugc_key,
        count(*) as products_count,
        min(product_id) as product_id
    from {{ ref('int_ugc_products_mentioned') }}
    group by ugc_key
),

final as (
    select
        ugc.ugc_key,
        ugc.ugc_source,
        ugc.platform_or_site,
        ugc.external_id,
        ugc.ugc_kind,
        ugc.author_identity_key,
        ugc.consumer_key,
        case when product_mentions.products_count = 1 then product_mentions.product_id end as product_id,
        ugc.product_ids,
        ugc.store_id,
        ugc.published_at,
        ugc.published_on,
        ugc.rating,
        ugc.rating_max,
        case when ugc.rating_max > 0 and ugc.rating <= ugc.rating_max then ugc.rating / ugc.rating_max end
            as rating_share,
        ugc.text_length,
        ugc.language,
        {{ sentiment_of('ugc') }} as sentiment,
        {% for column in signal_columns() -%}
        ugc.{{ column }},
        {% endfor -%}
        ugc.duplicate_cluster_id,
        copies.duplicates_count,
        copies.is_counted,
        ugc.hashtags,
        ugc.incentive,
        ugc.is_disclosed,
        case
            when ugc.incentive in ('free_product', 'paid') or ugc.has_disclosure_words then false
            when ugc.incentive = 'none' then true
        end as is_organic,
        case
            when ugc.incentive = 'none' or ugc.is_disclosed or ugc.has_disclosure_words then false
            when ugc.incentive in ('free_product', 'paid') then not (ugc.is_disclosed and ugc.has_disclosure_words)
        end as is_undisclosed_incentive,
        ugc.surface,
        ugc.parent_post_id,
        ugc.repost_of_post_id,
        ugc.is_verified_purchase,
        ugc.origin_site,
        ugc.is_syndicated_copy,
        ugc.helpful_count,
        last_metrics.likes_count,
        last_metrics.comments_count,
        last_metrics.shares_count,
        last_metrics.saves_count,
        last_metrics.views_count,
        last_metrics.reach_count,
        last_metrics.impressions_count,
        last_metrics.observed_at as metrics_observed_at,
        snapshots.followers_count,
        case when first_snapshots.observed_at > ugc.published_at then first_snapshots.followers_count end
            as followers_first_seen_after_count,
        ugc.deleted_at,
        ugc.source,
        ugc.known_at
    from ugc
    left join last_metrics on ugc.ugc_key = last_metrics.ugc_key
    left join copies on ugc.ugc_key = copies.ugc_key
    left join product_mentions on ugc.ugc_key = product_mentions.ugc_key
    left join snapshots
        on
            ugc.author_identity_key = snapshots.account_key
            and ugc.published_at >= snapshots.valid_from
            and (ugc.published_at < snapshots.valid_to or snapshots.valid_to is null)
    left join first_snapshots on ugc.author_identity_key = first_snapshots.account_key
)

select * from final
