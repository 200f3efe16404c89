select
    lag.lag_months,
    lag.correlation as fit,
    lag.lag_months = lead.lag_months as is_best,
    lead.lag_months as best_months,
    lead.lag_months_low as best_months_low,
    lead.lag_months_high as best_months_high,
    if(lead.status = 'measured', lead.interval_level, null) as interval_level,
    lead.p_value as chance,
    lead.reverse_p as chance_reversed,
    lead.people_count,
    lead.others_count,
    lead.categories_count,
    lead.months_count
from measurement.prosumer_lead as lead
left join measurement.prosumer_lead_lags as lag using (cohort)
