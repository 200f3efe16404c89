-- From the first day of any campaign, event, sale, page or publication to the later of the run's date and the last day
-- of a campaign's activity. Days before 1970 are typing errors of a source and would only lengthen the calendar.
with bounds as (
    select min(business_on) as first_on, max(business_on) as last_on from {{ ref('fct_sales_daily') }}
    union all
    select min(starts_on) as first_on, max(activity_ends_on) as last_on from {{ ref('int_campaigns_windowed') }}
    union all
    select min(page_on) as first_on, max(page_on) as last_on from {{ present('stg_product_page_daily') }}
    union all
    select min(published_on) as first_on, max(published_on) as last_on from {{ ref('int_ugc_resolved') }}
    union all
    select min(happened_on) as first_on, max(happened_on) as last_on from {{ ref('fct_campaign_events') }}
    union all
    select min(starts_on) as first_on, max(starts_on) as last_on from {{ ref('int_campaign_members_resolved') }}
    union all
    select {{ as_of() }} as first_on, {{ as_of() }} as last_on
),

span as (
    select
        greatest(min(first_on), cast('1970-01-01' as date)) as first_on,
        max(last_on) as last_on
    from bounds
),

days as (
    {{ days_between('first_on', 'last_on', 'span') }}
),

final as (
    select
        date_on,
        cast(extract('isoyear' from date_on) as bigint) as iso_year,
        cast(extract('week' from date_on) as bigint) as iso_week,
        cast(extract('year' from date_on) as bigint) as year,
        cast(extract('quarter' from date_on) as bigint) as quarter,
        cast(extract('month' from date_on) as bigint) as month,
        cast(extract('isodow' from date_on) as bigint) as weekday,
        extract('isodow' from date_on) >= 6 as is_weekend
    from days
)

select * from final
