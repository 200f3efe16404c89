-- A basket that only brings goods back is no transaction of a buyer.
with lines as (
    select * from {{ ref('fct_sales_lines') }}
),

final as (
    select
        store_id,
        business_on,
        channel,
        currency,
        count(distinct case when not is_return then source || '|' || transaction_id end)
            as transactions_count,
        count(distinct case when not is_return then consumer_key end) as known_buyers_count,
        {{ sum_minor('net_amount_minor') }} as net_amount_minor,
        count(*) as lines_count,
        case when count(discount_minor) > 0 then count(case when discount_minor > 0 then 1 end) end
            as discounted_lines_count
    from lines
    group by store_id, business_on, channel, currency
)

select * from final
