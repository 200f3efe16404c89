select
    campaign_id,
    campaign_name,
    if(outcome = 'store_sales', 'sales', 'receipts') as counted,
    case
        when status <> 'measured' then 'not measured'
        when not is_clear then 'not clear'
        when lift > 0 then 'clear gain'
        else 'clear loss'
    end as verdict,
    extra / (outcome_seen - extra) as lift,
    lift_low,
    lift_high,
    if(status = 'measured', interval_level, null) as interval_level,
    store_amount(extra, outcome, currency) as extra,
    store_amount(extra_low, outcome, currency) as extra_low,
    store_amount(extra_high, outcome, currency) as extra_high,
    design,
    unit as counted_unit,
    treated_count,
    control_count as compared_count,
    left_out_count,
    starts_on,
    ends_before - 1 as ends_on,
    periods_before_count * period_days as days_before_count,
    p_value as chance_by_range,
    placebo_p as chance_among_untouched,
    conformal_p as chance_among_stretches,
    check_lift,
    check_low,
    check_high,
    check_of(check_low, check_high) as "check",
    smallest_lift,
    fit_before,
    size_difference,
    trend_difference,
    nearest_km
from store_ranges
left join campaign_names using (campaign_id)
