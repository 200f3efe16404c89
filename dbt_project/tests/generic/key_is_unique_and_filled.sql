{# Fails with each key that stands twice or has a NULL in a column that may have none. #}
{% test key_is_unique_and_filled(model, columns, may_be_null=[]) %}
select {{ columns | join(', ') }}, count(*) as rows_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 {%- for column in columns if column not in may_be_null %} or {{ column }} is null {%- endfor %}
{% endtest %}
