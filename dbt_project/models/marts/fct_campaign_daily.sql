-- A count is 0 on a day only where the stream that would tell exists; where it does not, the count is unknown.
with windows as (
    select * from {{ ref('int_campaigns_windowed') }}
),

members as (
    select * from {{ ref('int_campaign_members_resolved') }}
    where arm = 'treatment' and starts_on is not null
),

events as (
    select * from {{ ref('fct_campaign_events') }}
),

attributed_ugc as (
    select distinct attributed.campaign_id, ugc.*
    from {{ ref('int_ugc_attributed') }} as attributed
    inner join {{ ref('fct_ugc') }} as ugc on attributed.ugc_key = ugc.ugc_key
    where attributed.campaign_id is not null and ugc.is_counted
),

sales as (
    select * from {{ ref('fct_campaign_sales_daily') }}
),

streams as (
    select
        exists(select 1 from {{ present('stg_campaign_members') }}) as has_members,
        exists(select 1 from events) as has_events,
        exists(select 1 from {{ ref('int_ugc_resolved') }}) as has_ugc
),

days as (
    select windows.campaign_id, dates.date_on as activity_on
    from windows
    inner join {{ ref('dim_dates') }} as dates
        on dates.date_on between windows.starts_on and least(windows.activity_ends_on, {{ as_of() }})
    union
    select campaign_id, happened_on as activity_on from events
    union
    select campaign_id, starts_on as activity_on from members where starts_on <= {{ as_of() }}
    union
    select campaign_id, published_on as activity_on from attributed_ugc
),

exposures as (
    select
        campaign_id,
        starts_on as activity_on,
        count(*) as exposures_count
    from members
    group by campaign_id, starts_on
),

event_days as (
    select
        campaign_id,
        happened_on as activity_on,
        {% for kind, column in campaign_event_counts().items() -%}
        count(case when kind = '{{ kind }}' then 1 end) as {{ column }},
        {% endfor -%}
        count(*) as events_count
    from events
    group by campaign_id, happened_on
),

ugc_days as (
    select
        campaign_id,
        published_on as activity_on,
        count(*) as ugc_count,
        {% for kind in ugc_kinds() -%}
        count(case when ugc_kind = '{{ kind }}' then 1 end) as ugc_{{ kind }}_count,
        {% endfor -%}
        count(case when is_organic then 1 end) as ugc_organic_count,
        count(case when is_undisclosed_incentive then 1 end) as ugc_undisclosed_count,
        {{ sum_minor(engagements_of('attributed_ugc')) }} as engagements_count,
        {{ sum_minor('coalesce(followers_count, followers_first_seen_after_count)') }} as gross_reach_count,
        {{ sum_minor('reach_count') }} as reach_count,
        {{ sum_minor('views_count') }} as views_count,
        {{ sum_minor('impressions_count') }} as impressions_count
    from attributed_ugc
    group by campaign_id, published_on
),

final as (
    select
        days.campaign_id,
        days.activity_on,
        case when streams.has_members then coalesce(exposures.exposures_count, 0) end as exposures_count,
        {% for column in campaign_event_counts().values() -%}
        case when streams.has_events then coalesce(event_days.{{ column }}, 0) end as {{ column }},
        {% endfor -%}
        case when streams.has_ugc and streams.has_members then coalesce(ugc_days.ugc_count, 0) end as ugc_count,
        {% for column in ugc_counts() -%}
        case when streams.has_ugc and streams.has_members then coalesce(ugc_days.{{ column }}, 0) end as {{ column }},
        {% endfor -%}
        ugc_days.engagements_count,
        ugc_days.gross_reach_count,
        ugc_days.reach_count,
        ugc_days.views_count,
        ugc_days.impressions_count,
        sales.net_amount_minor as sales_net_minor,
        sales.currency
    from days
    cross join streams
    left join exposures on days.campaign_id = exposures.campaign_id and days.activity_on = exposures.activity_on
    left join event_days on days.campaign_id = event_days.campaign_id and days.activity_on = event_days.activity_on
    left join ugc_days on days.campaign_id = ugc_days.campaign_id and days.activity_on = ugc_days.activity_on
    left join sales on days.campaign_id = sales.campaign_id and days.activity_on = sales.business_on
)

select * from final
