{# Calendar day of a UTC instant in an IANA zone (an SQL expression of type text). #}
{% macro local_date(instant, zone) -%}
    {{ return(adapter.dispatch('local_date')(instant, zone)) }}
{%- endmacro %}

{% macro default__local_date(instant, zone) -%}
    cast(({{ instant }} at time zone 'UTC') at time zone {{ zone }} as date)
{%- endmacro %}

{% macro spark__local_date(instant, zone) -%}
    cast(from_utc_timestamp({{ instant }}, {{ zone }}) as date)
{%- endmacro %}

{# Calendar day of a UTC instant where the brand is. #}
{% macro brand_date(instant) -%}
    {{ local_date(instant, "'" ~ var('brand_timezone') ~ "'") }}
{%- endmacro %}

{# A date moved by a number of days (negative: back). #}
{% macro add_days(day, days) -%}
    {{ return(adapter.dispatch('add_days')(day, days)) }}
{%- endmacro %}

{% macro default__add_days(day, days) -%}
    ({{ day }} + cast({{ days }} as integer))
{%- endmacro %}

{% macro spark__add_days(day, days) -%}
    date_add({{ day }}, {{ days }})
{%- endmacro %}

{# Relation of the IANA zones the engine knows, one column `name`. #}
{% macro known_timezones() -%}
    {{ return(adapter.dispatch('known_timezones')()) }}
{%- endmacro %}

{% macro default__known_timezones() -%}
    (select name from pg_timezone_names())
{%- endmacro %}

{# One row per day, `date_on`, from one date column of a one-row relation to another, both included. #}
{% macro days_between(first_on, last_on, relation) -%}
    {{ return(adapter.dispatch('days_between')(first_on, last_on, relation)) }}
{%- endmacro %}

{% macro default__days_between(first_on, last_on, relation) -%}
    select cast(unnest(generate_series({{ first_on }}, {{ last_on }}, interval 1 day)) as date) as date_on
    from {{ relation }}
{%- endmacro %}

{% macro spark__days_between(first_on, last_on, relation) -%}
    select explode(sequence({{ first_on }}, {{ last_on }}, interval 1 day)) as date_on
    from {{ relation }}
{%- endmacro %}
