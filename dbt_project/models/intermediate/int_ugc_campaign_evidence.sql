-- Whose UGC bears on which campaign, and why: its author is a treated member and it was published in the member's
-- window. Undated UGC enters no window.
with ugc as (
    select * from {{ ref('int_ugc_resolved') }}
),

members as (
    select campaign_id, unit_id as consumer_key, starts_on, activity_ends_on
    from {{ ref('int_campaign_members_resolved') }}
    where unit = 'consumer' and arm = 'treatment'
),

campaigns as (
    select campaign_id, hashtags, codes from {{ present('stg_campaigns') }}
),

campaign_products as (
    select campaign_id, product_id from {{ present('stg_campaign_products') }}
),

identities as (
    select identity_key, consumer_key, rule from {{ ref('int_identities_resolved') }}
),

tasks as (
    select distinct
        events.campaign_id,
        events.reference,
        coalesce(identities.consumer_key, events.identity_key) as consumer_key
    from {{ present('stg_campaign_events') }} as events
    left join identities on events.identity_key = identities.identity_key
    where events.kind in ('task_submitted', 'task_approved') and events.reference is not null
),

ugc_with_counted_reference as (
    select
        ugc.ugc_key,
        ugc.external_id,
        ugc.published_on,
        ugc.consumer_key,
        coalesce(identities.rule = 'own_key' or ugc.author_identity_key is null, false) as is_author_unlinked,
        count(*) over (partition by ugc.external_id) as same_reference_count
    from ugc
    left join identities on ugc.author_identity_key = identities.identity_key
),

-- A task reference names its author itself: it holds for an account nobody has linked yet, where only one piece of
-- UGC has that reference. One that two members claim is neither's.
by_task as (
    select
        ugc.ugc_key,
        tasks.campaign_id,
        min(members.consumer_key) as member_consumer_key,
        'task_reference' as method,
        1 as precedence
    from ugc_with_counted_reference as ugc
    inner join tasks on ugc.external_id = tasks.reference
    inner join members on tasks.campaign_id = members.campaign_id and tasks.consumer_key = members.consumer_key
    where
        ugc.published_on between members.starts_on and members.activity_ends_on
        and (
            ugc.consumer_key = tasks.consumer_key
            or (ugc.is_author_unlinked and ugc.same_reference_count = 1)
        )
    group by ugc.ugc_key, tasks.campaign_id
    having min(members.consumer_key) = max(members.consumer_key)
),

by_members as (
    select
        ugc.ugc_key,
        ugc.hashtags,
        ugc.code_tokens,
        ugc.product_ids,
        members.campaign_id,
        members.consumer_key as member_consumer_key
    from ugc
    inner join members
        on
            ugc.consumer_key = members.consumer_key
            and ugc.published_on between members.starts_on and members.activity_ends_on
),

ugc_codes as (
    select ugc_key, campaign_id, member_consumer_key, upper(code) as code
    from (
        select ugc_key, campaign_id, member_consumer_key, {{ unnested('code_tokens') }} as code
        from by_members
    ) as tokens
),

campaign_codes as (
    select campaign_id, upper(code) as code
    from (select campaign_id, {{ unnested('codes') }} as code from campaigns) as codes
),

by_code as (
    select distinct
        ugc_codes.ugc_key,
        ugc_codes.campaign_id,
        ugc_codes.member_consumer_key,
        'code' as method,
        2 as precedence
    from ugc_codes
    inner join campaign_codes
        on ugc_codes.campaign_id = campaign_codes.campaign_id and ugc_codes.code = campaign_codes.code
),

ugc_hashtags as (
    select ugc_key, campaign_id, member_consumer_key, lower(hashtag) as hashtag
    from (
        select ugc_key, campaign_id, member_consumer_key, {{ unnested('hashtags') }} as hashtag
        from by_members
    ) as tags
),

campaign_hashtags as (
    select campaign_id, lower(hashtag) as hashtag
    from (select campaign_id, {{ unnested('hashtags') }} as hashtag from campaigns) as tags
),

by_hashtag as (
    select distinct
        ugc_hashtags.ugc_key,
        ugc_hashtags.campaign_id,
        ugc_hashtags.member_consumer_key,
        'hashtag' as method,
        3 as precedence
    from ugc_hashtags
    inner join campaign_hashtags
        on
            ugc_hashtags.campaign_id = campaign_hashtags.campaign_id
            and ugc_hashtags.hashtag = campaign_hashtags.hashtag
),

ugc_products as (
    select * from {{ ref('int_ugc_products_mentioned') }}
),

by_product as (
    select distinct
        by_members.ugc_key,
        by_members.campaign_id,
        by_members.member_consumer_key,
        'product_mention' as method,
        4 as precedence
    from by_members
    inner join ugc_products on by_members.ugc_key = ugc_products.ugc_key
    inner join campaign_products
        on
            by_members.campaign_id = campaign_products.campaign_id
            and ugc_products.product_id = campaign_products.product_id
),

final as (
    select * from by_task
    union
    select * from by_code
    union
    select * from by_hashtag
    union
    select * from by_product
)

select * from final
