-- Measured on a log scale, told as ratios.
select
    campaign_id,
    campaign_name,
    case partner when 'influencer' then 'influencer or expert' else partner end as partner,
    case outcome
        when 'store_sales' then 'sales'
        when 'store_receipts' then 'receipts'
        else 'orders of new visitors'
    end as counted,
    "order",
    case
        when status <> 'measured' then 'not measured'
        when interaction_low > 0 then 'more together'
        when interaction_high < 0 then 'less together'
        else 'not clear'
    end as verdict,
    exp(interaction) - 1 as on_top,
    exp(interaction_low) - 1 as on_top_low,
    exp(interaction_high) - 1 as on_top_high,
    additive as on_top_added,
    additive_low as on_top_added_low,
    additive_high as on_top_added_high,
    exp(nano_effect) - 1 as members_alone,
    exp(nano_effect_low) - 1 as members_alone_low,
    exp(nano_effect_high) - 1 as members_alone_high,
    exp(partner_effect) - 1 as partner_alone,
    exp(partner_effect_low) - 1 as partner_alone_low,
    exp(partner_effect_high) - 1 as partner_alone_high,
    if(status = 'measured', interval_level, null) as interval_level,
    exp("check") - 1 as "check",
    exp(check_low) - 1 as check_low,
    exp(check_high) - 1 as check_high,
    both_count,
    nano_count as members_count,
    partner_count,
    neither_count,
    first_on,
    last_on
from measurement.synergy
left join campaign_names using (campaign_id)
