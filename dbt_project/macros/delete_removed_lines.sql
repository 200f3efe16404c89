{# Removes from fct_sales_lines the lines that their source has no more; fct_sales_daily then misses them by count. #}
{% macro delete_removed_lines() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where (source, store_id, transaction_id, line_no) in (
            select source, store_id, transaction_id, line_no from {{ ref('stg_pos_lines') }} where is_removed
        )
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}
