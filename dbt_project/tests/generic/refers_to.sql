{# Fails with each value of `column` that the other model does not hold; NULL refers to nothing. #}
{% test refers_to(model, column, to, field) %}
select child.{{ column }}, count(*) as rows_count
from {{ model }} as child
left join {{ to }} as parent on child.{{ column }} = parent.{{ field }}
where child.{{ column }} is not null and parent.{{ field }} is null
group by child.{{ column }}
{% endtest %}
