{# The run's date and the instant at which it ends: a model knows no other present. #}
{% macro as_of() -%}
    cast('{{ var("as_of") }}' as date)
{%- endmacro %}

{% macro as_of_cutoff() -%}
    cast('{{ var("as_of_cutoff") }}' as timestamp)
{%- endmacro %}

{# True for landed rows the source could have told us by the run's date; no time stated means always known. #}
{% macro is_known() -%}
    (known_at is null or known_at <= {{ as_of_cutoff() }})
{%- endmacro %}
