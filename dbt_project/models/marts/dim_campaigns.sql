with campaigns as (
    select * from {{ present('stg_campaigns') }}
),

windows as (
    select * from {{ ref('int_campaigns_windowed') }}
),

named as (
    select campaign_id from campaigns
    union
    select distinct campaign_id from {{ present('stg_campaign_products') }}
    union
    select distinct campaign_id from {{ present('stg_campaign_areas') }}
    union
    select distinct campaign_id from {{ present('stg_campaign_costs') }}
    union
    select distinct campaign_id from {{ present('stg_campaign_members') }}
    union
    select distinct campaign_id from {{ present('stg_campaign_events') }}
    union
    select distinct campaign_id from {{ present('stg_influencer_bursts') }}
    union
    select distinct campaign_id from {{ present('stg_wom_surveys') }}
    union
    select distinct campaign_id from {{ present('stg_brand_surveys') }}
),

final as (
    select
        named.campaign_id,
        campaigns.name,
        campaigns.kind,
        campaigns.starts_on,
        campaigns.ends_on,
        windows.activity_ends_on,
        campaigns.budget_minor,
        campaigns.currency,
        campaigns.assignment_unit,
        campaigns.hashtags,
        campaigns.codes,
        case when campaigns.assignment_unit is not null then 'randomised' else 'observational' end as design,
        campaigns.campaign_id is not null as is_known
    from named
    left join campaigns on named.campaign_id = campaigns.campaign_id
    left join windows on named.campaign_id = windows.campaign_id
    where named.campaign_id is not null
)

select * from final
