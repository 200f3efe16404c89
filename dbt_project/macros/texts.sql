{# What was read from a text, besides its length, language and kind: columns of stg_signals that go to fct_ugc. #}
{% macro signal_columns() -%}
    {{ return([
        'sentiment_negative',
        'sentiment_neutral',
        'sentiment_positive',
        'sentiment_model_id',
        'has_moments_read',
        'words_count',
        'distinct_words_share',
        'links_count',
        'handles_count',
        'emoji_count',
        'link_density',
        'handle_density',
        'capitals_share',
        'has_disclosure_words',
    ]) }}
{%- endmacro %}

{# The most probable sentiment, or unsure where none is more likely than not; NULL where the text was not read. #}
{% macro sentiment_of(relation) -%}
    case
        when {{ relation }}.sentiment_negative is null then cast(null as varchar)
        when {{ relation }}.sentiment_negative >= 0.5 then 'negative'
        when {{ relation }}.sentiment_positive >= 0.5 then 'positive'
        when {{ relation }}.sentiment_neutral >= 0.5 then 'neutral'
        else 'unsure'
    end
{%- endmacro %}

{# A moment that tells of something bad: negative, or bad by itself whatever the tone (a queue told with a smile). #}
{% macro is_bad_moment(relation) -%}
    (
        {{ relation }}.polarity = 'negative'
        or (
            {{ relation }}.moment in ('disappointment', 'wait', 'confusing_instructions', 'product_fault', 'fulfilment')
            and {{ relation }}.polarity <> 'positive'
        )
    )
{%- endmacro %}
