with posts as (
    select * from {{ present('stg_social_posts') }}
),

reviews as (
    select * from {{ present('stg_reviews') }}
),

signals as (
    select * from {{ ref('stg_signals') }}
),

clusters as (
    select * from {{ ref('stg_text_clusters') }}
),

posts_shaped as (
    select
        'social_posts' as ugc_source,
        platform as platform_or_site,
        post_id as external_id,
        case
            when repost_of_post_id is not null then 'repost'
            when parent_post_id is not null then 'comment'
            when {{ list_holds('media_kinds', "'video'") }} then 'video'
            when {{ list_holds('media_kinds', "'photo'") }} then 'photo'
            else 'post'
        end as kind_by_structure,
        account_identity_key as author_identity_key,
        product_ids,
        cast(null as varchar) as store_id,
        published_at,
        cast(null as double) as rating,
        cast(null as double) as rating_max,
        hashtags,
        incentive,
        is_disclosed,
        surface,
        parent_post_id,
        repost_of_post_id,
        cast(null as boolean) as is_verified_purchase,
        cast(null as varchar) as origin_site,
        cast(null as boolean) as is_syndicated_copy,
        cast(null as bigint) as helpful_count,
        deleted_at,
        source,
        load_id,
        row_no,
        known_at
    from posts
),

reviews_shaped as (
    select
        'reviews' as ugc_source,
        site as platform_or_site,
        review_id as external_id,
        'review' as kind_by_structure,
        author_identity_key,
        case when product_id is not null then [product_id] end as product_ids,
        store_id,
        submitted_at as published_at,
        rating,
        rating_max,
        cast(null as varchar[]) as hashtags,
        incentive,
        is_disclosed,
        cast(null as varchar) as surface,
        cast(null as varchar) as parent_post_id,
        cast(null as varchar) as repost_of_post_id,
        is_verified_purchase,
        origin_site,
        coalesce(origin_site <> site, false) as is_syndicated_copy,
        helpful_count,
        deleted_at,
        source,
        load_id,
        row_no,
        known_at
    from reviews
),

unioned as (
    select * from posts_shaped
    union all
    select * from reviews_shaped
),

final as (
    select
        {{ key_of(['unioned.ugc_source', 'unioned.platform_or_site', 'unioned.external_id']) }} as ugc_key,
        unioned.ugc_source,
        unioned.platform_or_site,
        unioned.external_id,
        coalesce(signals.ugc_kind, unioned.kind_by_structure) as ugc_kind,
        unioned.author_identity_key,
        unioned.product_ids,
        unioned.store_id,
        unioned.published_at,
        unioned.rating,
        unioned.rating_max,
        signals.text_length,
        signals.language,
        {% for column in signal_columns() -%}
        signals.{{ column }},
        {% endfor -%}
        clusters.duplicate_cluster_id,
        {{ list_merged('unioned.hashtags', 'signals.hashtags') }} as hashtags,
        signals.code_tokens,
        unioned.incentive,
        unioned.is_disclosed,
        unioned.surface,
        unioned.parent_post_id,
        unioned.repost_of_post_id,
        unioned.is_verified_purchase,
        unioned.origin_site,
        unioned.is_syndicated_copy,
        unioned.helpful_count,
        unioned.deleted_at,
        unioned.source,
        unioned.load_id,
        unioned.row_no,
        unioned.known_at
    from unioned
    left join signals
        on
            unioned.ugc_source = signals.stream
            and unioned.source = signals.source
            and unioned.load_id = signals.load_id
            and unioned.row_no = signals.row_no
    left join clusters
        on
            unioned.ugc_source = clusters.stream
            and unioned.source = clusters.source
            and unioned.load_id = clusters.load_id
            and unioned.row_no = clusters.row_no
)

select * from final
