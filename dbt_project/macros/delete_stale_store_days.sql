{# Removes from fct_sales_daily every store's day whose lines are no longer those it was summed from: a line of it was
   staged since the last complete run, lines left it (then it counts more lines than there are), or the store's zone
   changed. A day that lines moved to is one whose lines were staged or whose store's zone changed. #}
{% macro delete_stale_store_days() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where (store_id, business_on) in (
            select lines.store_id, lines.business_on
            from {{ ref('fct_sales_lines') }} as lines
            inner join {{ ref('stg_pos_lines') }} as staged
                on
                    lines.source = staged.source
                    and lines.store_id = staged.store_id
                    and lines.transaction_id = staged.transaction_id
                    and lines.line_no = staged.line_no
            where staged.staged_run_no > {{ previous_run().run_no }}
            union
            select stored.store_id, stored.business_on
            from {{ this }} as stored
            inner join {{ ref('int_stores_zoned') }} as stores on stored.store_id = stores.store_id
            where stored.business_timezone <> stores.business_timezone
            union
            select stored.store_id, stored.business_on
            from (
                select store_id, business_on, sum(lines_count) as lines_count
                from {{ this }}
                group by store_id, business_on
            ) as stored
            left join (
                select store_id, business_on, count(*) as lines_count
                from {{ ref('fct_sales_lines') }}
                group by store_id, business_on
            ) as present
                on stored.store_id = present.store_id and stored.business_on = present.business_on
            where stored.lines_count is distinct from present.lines_count
        )
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}
