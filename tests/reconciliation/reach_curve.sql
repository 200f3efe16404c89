select
    campaign_id,
    ambassadors_count,
    gross_reach,
    unique_reach,
    unique_low,
    unique_high,
    is_beyond
from measurement.reach_curve
