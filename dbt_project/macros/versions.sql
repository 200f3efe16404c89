{# Columns nanolift adds to every landed row. #}
{% macro landed_columns() -%}
    source,
    load_id,
    row_no,
    occurred_at,
    known_at,
    loaded_at,
    coalesce(is_removed, false) as is_removed
{%- endmacro %}

{# The rows of a staging model that its source still has. Staging keeps a removed row, so that an older version that
   arrives late does not bring it back; every other layer reads staging through this macro. #}
{% macro present(model) -%}
    {{ return(adapter.dispatch('present')(ref(model))) }}
{%- endmacro %}

{% macro default__present(relation) -%}
    (select * exclude (is_removed) from {{ relation }} where is_removed is not true)
{%- endmacro %}

{# The latest version of each key: last known, then last loaded, then last in its load. Rows that state no time
   are the oldest. The order is total, so a rerun picks the same row. #}
{% macro latest_version(relation, key, also_by=none) -%}
    {{ return(adapter.dispatch('latest_version')(relation, key, also_by)) }}
{%- endmacro %}

{% macro default__latest_version(relation, key, also_by) -%}
    select *
    from {{ relation }}
    qualify row_number() over (
        partition by {{ key | join(', ') }}
        order by
            known_at desc nulls last,
            loaded_at desc,
            load_id desc,
            row_no desc,
            source asc
            {%- if also_by %},
            {{ also_by }}
            {%- endif %}
    ) = 1
{%- endmacro %}

{# The first row of each key in a given order, which has to be total within the key. #}
{% macro one_row_each(relation, key, ordering, condition='true') -%}
    {{ return(adapter.dispatch('one_row_each')(relation, key, ordering, condition)) }}
{%- endmacro %}

{% macro default__one_row_each(relation, key, ordering, condition) -%}
    select *
    from {{ relation }}
    where {{ condition }}
    qualify row_number() over (partition by {{ key | join(', ') }} order by {{ ordering }}) = 1
{%- endmacro %}
