-- Counted once, with the money of the till.
select referred.source, referred.store_id, referred.transaction_id, referred.line_no
from {{ ref('fct_referred_sales') }} as referred
left join {{ ref('fct_sales_lines') }} as lines
    on
        referred.source = lines.source
        and referred.store_id = lines.store_id
        and referred.transaction_id = lines.transaction_id
        and referred.line_no = lines.line_no
where lines.net_amount_minor is distinct from referred.net_amount_minor
