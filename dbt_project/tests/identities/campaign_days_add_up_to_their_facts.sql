-- Events, exposures and UGC of the days are those of the facts; nothing falls between the days.
with daily as (
    select
        campaign_id,
        sum({{ campaign_event_counts().values() | join(' + ') }}) as events_count,
        sum(exposures_count) as exposures_count,
        sum(ugc_count) as ugc_count,
        sum({{ ugc_counts()[:ugc_kinds() | length] | join(' + ') }}) as ugc_by_kind_count
    from {{ ref('fct_campaign_daily') }}
    group by campaign_id
),

events as (
    select campaign_id, count(*) as events_count
    from {{ ref('fct_campaign_events') }}
    group by campaign_id
),

exposures as (
    select campaign_id, count(*) as exposures_count
    from {{ ref('fct_campaign_members') }}
    where arm = 'treatment' and starts_on <= {{ as_of() }}
    group by campaign_id
),

ugc as (
    select attributed.campaign_id, count(distinct attributed.ugc_key) as ugc_count
    from {{ ref('int_ugc_attributed') }} as attributed
    inner join {{ ref('fct_ugc') }} as pieces on attributed.ugc_key = pieces.ugc_key
    where attributed.campaign_id is not null and pieces.is_counted
    group by attributed.campaign_id
)

select campaigns.campaign_id
from {{ ref('fct_campaigns') }} as campaigns
left join daily on campaigns.campaign_id = daily.campaign_id
left join events on campaigns.campaign_id = events.campaign_id
left join exposures on campaigns.campaign_id = exposures.campaign_id
left join ugc on campaigns.campaign_id = ugc.campaign_id
where
    coalesce(daily.events_count, 0) <> coalesce(events.events_count, 0)
    or coalesce(daily.exposures_count, 0) <> coalesce(exposures.exposures_count, 0)
    or coalesce(daily.ugc_count, 0) <> coalesce(ugc.ugc_count, 0)
    or daily.ugc_by_kind_count is distinct from daily.ugc_count
