-- Of the evidence, task reference beats code beats hashtag beats product mention. What holds for several campaigns or
-- products is shared among them in equal parts.
with evidence as (
    select * from {{ ref('int_ugc_campaign_evidence') }}
),

ugc_products as (
    select * from {{ ref('int_ugc_products_mentioned') }}
),

campaign_products as (
    select campaign_id, product_id from {{ present('stg_campaign_products') }}
),

strongest as (
    select ugc_key, min(precedence) as precedence
    from evidence
    group by ugc_key
),

campaign_shares as (
    select
        evidence.ugc_key,
        evidence.campaign_id,
        evidence.member_consumer_key,
        evidence.method,
        count(*) over (partition by evidence.ugc_key) as campaigns_count
    from evidence
    inner join strongest on evidence.ugc_key = strongest.ugc_key and evidence.precedence = strongest.precedence
),

single_products as (
    select campaign_id, min(product_id) as product_id
    from campaign_products
    group by campaign_id
    having count(*) = 1
),

mentioned_campaign_products as (
    select
        campaign_shares.ugc_key,
        campaign_shares.campaign_id,
        ugc_products.product_id
    from campaign_shares
    inner join ugc_products on campaign_shares.ugc_key = ugc_products.ugc_key
    inner join campaign_products
        on
            campaign_shares.campaign_id = campaign_products.campaign_id
            and ugc_products.product_id = campaign_products.product_id
),

attributed_to_campaigns as (
    select
        campaign_shares.ugc_key,
        campaign_shares.campaign_id,
        coalesce(mentioned_campaign_products.product_id, single_products.product_id) as product_id,
        campaign_shares.member_consumer_key,
        campaign_shares.method,
        campaign_shares.campaigns_count
    from campaign_shares
    left join mentioned_campaign_products
        on
            campaign_shares.ugc_key = mentioned_campaign_products.ugc_key
            and campaign_shares.campaign_id = mentioned_campaign_products.campaign_id
    left join single_products on campaign_shares.campaign_id = single_products.campaign_id
),

attributed_to_products as (
    select
        ugc_products.ugc_key,
        cast(null as varchar) as campaign_id,
        ugc_products.product_id,
        cast(null as varchar) as member_consumer_key,
        'product_mention' as method,
        cast(1 as bigint) as campaigns_count
    from ugc_products
    left join strongest on ugc_products.ugc_key = strongest.ugc_key
    where strongest.ugc_key is null
),

attributed as (
    select * from attributed_to_campaigns
    union all
    select * from attributed_to_products
),

final as (
    select
        ugc_key,
        campaign_id,
        product_id,
        member_consumer_key,
        method,
        cast(1 as double) / (campaigns_count * count(*) over (partition by ugc_key, campaign_id)) as weight
    from attributed
)

select * from final
