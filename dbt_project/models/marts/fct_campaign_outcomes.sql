with units as (
    select * from {{ ref('int_campaign_members_resolved') }}
),

outcome_products as (
    select * from {{ ref('int_campaign_outcome_products') }}
),

bases as (
    select campaign_id, min(outcome_basis) as outcome_basis
    from outcome_products
    group by campaign_id
),

lines as (
    select
        consumer_key,
        product_id,
        business_on,
        channel,
        is_return,
        case when currency = '{{ var("brand_currency") }}' then net_amount_minor end as net_amount_minor,
        currency <> '{{ var("brand_currency") }}' as is_foreign_money
    from {{ ref('fct_sales_lines') }}
    where consumer_key is not null
),

sales_span as (
    select min(business_on) as first_sale_on from {{ ref('fct_sales_daily') }}
),

windowed as (
    select
        units.campaign_id,
        units.unit,
        units.unit_id,
        case when units.unit = 'consumer' then units.unit_id end as consumer_key,
        units.outcome_starts_on,
        units.outcome_ends_on,
        units.before_starts_on,
        bases.outcome_basis,
        case
            when units.outcome_starts_on is null then null
            when sales_span.first_sale_on is null or sales_span.first_sale_on > units.before_starts_on then 'no_pre'
            when units.outcome_ends_on > {{ as_of() }} then 'immature'
            else 'complete'
        end as window_status
    from units
    cross join sales_span
    left join bases on units.campaign_id = bases.campaign_id
),

consumer_days as (
    select
        consumer_key,
        business_on,
        sum(net_amount_minor) as net_amount_minor,
        bool_or(is_foreign_money) as has_foreign_money
    from lines
    group by consumer_key, business_on
),

total_spend as (
    select
        windowed.campaign_id,
        windowed.consumer_key,
        sum(case when days.business_on < windowed.outcome_starts_on then days.net_amount_minor end) as before_minor,
        sum(case when days.business_on >= windowed.outcome_starts_on then days.net_amount_minor end) as after_minor,
        bool_or(days.has_foreign_money and days.business_on < windowed.outcome_starts_on) as has_foreign_before,
        bool_or(days.has_foreign_money and days.business_on >= windowed.outcome_starts_on) as has_foreign_after
    from windowed
    inner join consumer_days as days
        on
            windowed.consumer_key = days.consumer_key
            and days.business_on between windowed.before_starts_on and windowed.outcome_ends_on
    where windowed.window_status = 'complete'
    group by windowed.campaign_id, windowed.consumer_key
),

campaign_days as (
    select
        outcome_products.campaign_id,
        lines.consumer_key,
        lines.business_on,
        sum(lines.net_amount_minor) as net_amount_minor,
        sum(case when lines.channel = 'online' then lines.net_amount_minor end) as online_minor,
        bool_or(lines.is_foreign_money) as has_foreign_money,
        bool_or(not lines.is_return) as has_bought
    from lines
    inner join outcome_products on lines.product_id = outcome_products.product_id
    group by outcome_products.campaign_id, lines.consumer_key, lines.business_on
),

campaign_spend as (
    select
        windowed.campaign_id,
        windowed.consumer_key,
        bool_or(days.has_bought and days.business_on < windowed.outcome_starts_on) as has_bought_before,
        bool_or(
            days.has_bought and days.business_on between windowed.outcome_starts_on and windowed.outcome_ends_on
        ) as has_bought_after,
        sum(case
            when
                days.business_on >= windowed.before_starts_on and days.business_on < windowed.outcome_starts_on
                then days.net_amount_minor
        end) as before_minor,
        sum(case
            when
                days.business_on between windowed.outcome_starts_on and windowed.outcome_ends_on
                then days.net_amount_minor
        end) as after_minor,
        sum(case
            when
                days.business_on between windowed.outcome_starts_on and windowed.outcome_ends_on
                then days.online_minor
        end) as after_online_minor,
        bool_or(
            days.has_foreign_money
            and days.business_on >= windowed.before_starts_on
            and days.business_on < windowed.outcome_starts_on
        ) as has_foreign_before,
        bool_or(
            days.has_foreign_money
            and days.business_on between windowed.outcome_starts_on and windowed.outcome_ends_on
        ) as has_foreign_after
    from windowed
    inner join campaign_days as days
        on windowed.campaign_id = days.campaign_id and windowed.consumer_key = days.consumer_key
    group by windowed.campaign_id, windowed.consumer_key
),

-- Sales are known to be none where the window is covered and no line lies in it: only then is a missing sum 0.
covered as (
    select
        *,
        unit = 'consumer' and window_status = 'complete' as is_covered,
        is_covered and outcome_basis is not null as is_covered_of_campaign
    from windowed
),

final as (
    select
        covered.campaign_id,
        covered.unit,
        covered.unit_id,
        covered.outcome_basis,
        covered.outcome_starts_on,
        covered.outcome_ends_on,
        covered.before_starts_on,
        covered.window_status,
        case
            when covered.unit <> 'consumer' or covered.outcome_basis is null then null
            when covered.window_status is null then null
            when campaign_spend.has_bought_before then true
            when covered.window_status <> 'no_pre' then false
        end as bought_before,
        case
            when covered.is_covered_of_campaign and not coalesce(campaign_spend.has_bought_before, false)
                then coalesce(campaign_spend.has_bought_after, false)
        end as first_purchase,
        case
            when covered.is_covered_of_campaign and not coalesce(campaign_spend.has_foreign_before, false)
                then cast(coalesce(campaign_spend.before_minor, 0) as bigint)
        end as net_spend_before_minor,
        case
            when covered.is_covered_of_campaign and not coalesce(campaign_spend.has_foreign_after, false)
                then cast(coalesce(campaign_spend.after_minor, 0) as bigint)
        end as net_spend_after_minor,
        case
            when covered.is_covered_of_campaign and not coalesce(campaign_spend.has_foreign_after, false)
                then cast(coalesce(campaign_spend.after_online_minor, 0) as bigint)
        end as net_spend_after_online_minor,
        case
            when covered.is_covered and not coalesce(total_spend.has_foreign_before, false)
                then cast(coalesce(total_spend.before_minor, 0) as bigint)
        end as total_spend_before_minor,
        case
            when covered.is_covered and not coalesce(total_spend.has_foreign_after, false)
                then cast(coalesce(total_spend.after_minor, 0) as bigint)
        end as total_spend_after_minor,
        case when covered.unit = 'consumer' then '{{ var("brand_currency") }}' end as currency
    from covered
    left join campaign_spend
        on covered.campaign_id = campaign_spend.campaign_id and covered.consumer_key = campaign_spend.consumer_key
    left join total_spend
        on covered.campaign_id = total_spend.campaign_id and covered.consumer_key = total_spend.consumer_key
)

select * from final
