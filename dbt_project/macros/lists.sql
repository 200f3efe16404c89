{# One row per element of a list column. #}
{% macro unnested(list) -%}
    {{ return(adapter.dispatch('unnested')(list)) }}
{%- endmacro %}

{% macro default__unnested(list) -%}
    unnest({{ list }})
{%- endmacro %}

{% macro spark__unnested(list) -%}
    explode({{ list }})
{%- endmacro %}

{# Sorted distinct elements of two lists; NULL where neither is recorded. #}
{% macro list_merged(one, other) -%}
    {{ return(adapter.dispatch('list_merged')(one, other)) }}
{%- endmacro %}

{% macro default__list_merged(one, other) -%}
    case
        when {{ one }} is not null or {{ other }} is not null
            then list_sort(list_distinct(list_concat({{ one }}, {{ other }})))
    end
{%- endmacro %}

{% macro list_size(list) -%}
    {{ return(adapter.dispatch('list_size')(list)) }}
{%- endmacro %}

{% macro default__list_size(list) -%}
    len({{ list }})
{%- endmacro %}

{% macro list_holds(list, value) -%}
    {{ return(adapter.dispatch('list_holds')(list, value)) }}
{%- endmacro %}

{% macro default__list_holds(list, value) -%}
    list_contains({{ list }}, {{ value }})
{%- endmacro %}

{% macro first_of_list(list) -%}
    {{ return(adapter.dispatch('first_of_list')(list)) }}
{%- endmacro %}

{% macro default__first_of_list(list) -%}
    {{ list }}[1]
{%- endmacro %}

{# Sorted distinct values of a group as a list. #}
{% macro list_of(value) -%}
    {{ return(adapter.dispatch('list_of')(value)) }}
{%- endmacro %}

{% macro default__list_of(value) -%}
    list_sort(list(distinct {{ value }}))
{%- endmacro %}
