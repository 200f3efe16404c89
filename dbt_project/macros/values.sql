{# Cast that gives NULL where the value does not fit; dbt's own safe_cast fails on DuckDB. #}
{% macro safe_cast_to(value, type) -%}
    {{ return(adapter.dispatch('safe_cast_to')(value, type)) }}
{%- endmacro %}

{% macro default__safe_cast_to(value, type) -%}
    try_cast({{ value }} as {{ type }})
{%- endmacro %}

{# Sum of integers as bigint: DuckDB's sum of bigint is a 128-bit integer, which Arrow and Parquet do not keep. #}
{% macro sum_minor(value) -%}
    cast(sum({{ value }}) as bigint)
{%- endmacro %}

{# Sum of doubles that does not depend on the order of rows: added as decimals with six places. #}
{% macro sum_exact(value) -%}
    cast(sum({{ safe_cast_to(value, 'decimal(28, 6)') }}) as double)
{%- endmacro %}

{# One text key for several columns: the same inputs give the same key, NULL is a value of its own. #}
{% macro key_of(columns) -%}
    md5(concat_ws('|', {% for column in columns -%}
        coalesce(replace(cast({{ column }} as varchar), '|', '||'), '|null|')
        {%- if not loop.last %}, {% endif %}
    {%- endfor %}))
{%- endmacro %}

{# Audience tier of a follower count under the workspace's preset; unknown audience is a tier of its own. #}
{% macro tier_of(followers_count) -%}
    case
        when {{ followers_count }} is null then 'unknown'
        when {{ followers_count }} < {{ var('tier_nano_below') }} then 'nano'
        when {{ followers_count }} <= {{ var('tier_micro_up_to') }} then 'micro'
        else 'macro'
    end
{%- endmacro %}

{# The earliest of several dates, NULLs left out; NULL where all are. #}
{% macro earliest_of(dates) -%}
    {{ return(adapter.dispatch('earliest_of')(dates)) }}
{%- endmacro %}

{% macro default__earliest_of(dates) -%}
    least({{ dates | join(', ') }})
{%- endmacro %}
