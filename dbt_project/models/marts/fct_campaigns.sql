with campaigns as (
    select * from {{ ref('dim_campaigns') }}
),

members as (
    select * from {{ ref('fct_campaign_members') }}
),

daily as (
    select * from {{ ref('fct_campaign_daily') }}
),

costs as (
    select * from {{ ref('fct_campaign_costs') }}
),

products as (
    select * from {{ ref('bridge_campaign_products') }}
),

streams as (
    select
        exists(select 1 from {{ present('stg_campaign_members') }}) as has_members,
        exists(select 1 from products) as has_products
),

member_counts as (
    select
        campaign_id,
        count(*) as members_count,
        {% for arm in ['treatment', 'control', 'holdout', 'comparison'] -%}
        count(case when arm = '{{ arm }}' then 1 end) as members_{{ arm }}_count,
        {% endfor -%}
        count(case when window_status = 'complete' then 1 end) as windows_complete_count,
        count(case when window_status = 'no_pre' then 1 end) as windows_no_pre_count,
        count(case when window_status = 'immature' then 1 end) as windows_immature_count
    from members
    group by campaign_id
),

daily_sums as (
    select
        campaign_id,
        {{ sum_minor('exposures_count') }} as exposures_count,
        {% for column in campaign_event_counts().values() -%}
        {{ sum_minor(column) }} as {{ column }},
        {% endfor -%}
        {{ sum_minor('ugc_count') }} as ugc_count,
        {% for column in ugc_counts() -%}
        {{ sum_minor(column) }} as {{ column }},
        {% endfor -%}
        {{ sum_minor('engagements_count') }} as engagements_count,
        {{ sum_minor('gross_reach_count') }} as gross_reach_count,
        {{ sum_minor('reach_count') }} as reach_count,
        {{ sum_minor('views_count') }} as views_count,
        {{ sum_minor('impressions_count') }} as impressions_count,
        {{ sum_minor('sales_net_minor') }} as sales_net_minor,
        min(currency) as sales_currency
    from daily
    group by campaign_id
),

cost_sums as (
    select
        campaign_id,
        case when min(currency) = max(currency) then {{ sum_minor('amount_minor') }} end as cost_minor,
        case when min(currency) = max(currency) then min(currency) end as cost_currency
    from costs
    group by campaign_id
),

product_counts as (
    select campaign_id, count(*) as products_count
    from products
    group by campaign_id
),

sharing_campaigns as (
    select distinct products.campaign_id, others.campaign_id as other_campaign_id
    from products
    inner join products as others
        on products.product_id = others.product_id and products.campaign_id <> others.campaign_id
),

overlap_counts as (
    select
        campaigns.campaign_id,
        count(*) as overlapping_campaigns_count
    from campaigns
    inner join sharing_campaigns on campaigns.campaign_id = sharing_campaigns.campaign_id
    inner join campaigns as others on sharing_campaigns.other_campaign_id = others.campaign_id
    where campaigns.starts_on <= others.activity_ends_on and others.starts_on <= campaigns.activity_ends_on
    group by campaigns.campaign_id
),

final as (
    select
        campaigns.campaign_id,
        campaigns.name,
        campaigns.kind,
        campaigns.design,
        campaigns.starts_on,
        campaigns.ends_on,
        campaigns.activity_ends_on,
        campaigns.budget_minor,
        campaigns.currency as budget_currency,
        case when streams.has_products then coalesce(product_counts.products_count, 0) end as products_count,
        {% for column in [
            'members_count', 'members_treatment_count', 'members_control_count', 'members_holdout_count',
            'members_comparison_count', 'windows_complete_count', 'windows_no_pre_count', 'windows_immature_count',
        ] -%}
        case when streams.has_members then coalesce(member_counts.{{ column }}, 0) end as {{ column }},
        {% endfor -%}
        daily_sums.exposures_count,
        {% for column in campaign_event_counts().values() -%}
        daily_sums.{{ column }},
        {% endfor -%}
        daily_sums.ugc_count,
        {% for column in ugc_counts() -%}
        daily_sums.{{ column }},
        {% endfor -%}
        daily_sums.engagements_count,
        daily_sums.gross_reach_count,
        daily_sums.reach_count,
        daily_sums.views_count,
        daily_sums.impressions_count,
        daily_sums.sales_net_minor,
        daily_sums.sales_currency,
        case
            when daily_sums.sales_net_minor is not null then coalesce(overlap_counts.overlapping_campaigns_count, 0)
        end as sales_sharing_campaigns_count,
        case
            when daily_sums.sales_net_minor is not null then overlap_counts.campaign_id is null
        end as is_sales_additive,
        cost_sums.cost_minor,
        cost_sums.cost_currency
    from campaigns
    cross join streams
    left join product_counts on campaigns.campaign_id = product_counts.campaign_id
    left join member_counts on campaigns.campaign_id = member_counts.campaign_id
    left join daily_sums on campaigns.campaign_id = daily_sums.campaign_id
    left join cost_sums on campaigns.campaign_id = cost_sums.campaign_id
    left join overlap_counts on campaigns.campaign_id = overlap_counts.campaign_id
)

select * from final
