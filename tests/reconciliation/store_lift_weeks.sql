select
    campaign_id,
    campaign_name,
    if(outcome = 'store_sales', 'sales', 'receipts') as counted,
    period_starts_on,
    period_days as period_days_count,
    is_after,
    store_amount(seen, outcome, currency) as seen,
    store_amount("without", outcome, currency) as "without",
    store_amount(without_low, outcome, currency) as without_low,
    store_amount(without_high, outcome, currency) as without_high,
    interval_level,
    if(outcome = 'store_sales', coalesce(currency, currency()), 'receipts') as unit
from measurement.store_lift_weeks
left join campaign_names using (campaign_id)
