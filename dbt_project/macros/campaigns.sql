{# Kinds of campaign events and the columns that count them. #}
{% macro campaign_event_counts() -%}
    {{ return({
        'invited': 'invitations_count',
        'accepted': 'acceptances_count',
        'sample_shipped': 'samples_shipped_count',
        'sample_delivered': 'samples_delivered_count',
        'task_submitted': 'tasks_submitted_count',
        'task_approved': 'tasks_approved_count',
        'link_click': 'link_clicks_count',
        'code_redeemed': 'codes_redeemed_count',
    }) }}
{%- endmacro %}

{% macro ugc_kinds() -%}
    {{ return([
        'post', 'photo', 'video', 'tutorial', 'recipe', 'question', 'mention', 'comment', 'repost', 'review', 'rating'
    ]) }}
{%- endmacro %}

{# Columns that count pieces of UGC beside their total. #}
{% macro ugc_counts() -%}
    {%- set columns = [] -%}
    {%- for kind in ugc_kinds() -%}
        {%- do columns.append('ugc_' ~ kind ~ '_count') -%}
    {%- endfor -%}
    {{ return(columns + ['ugc_organic_count', 'ugc_undisclosed_count']) }}
{%- endmacro %}

{# Likes, comments, shares and saves of one piece of UGC, as far as the platform reports them; NULL: none of them. #}
{% macro engagements_of(relation) -%}
    case
        when
            coalesce(
                {{ relation }}.likes_count,
                {{ relation }}.comments_count,
                {{ relation }}.shares_count,
                {{ relation }}.saves_count
            ) is not null
            then
                coalesce({{ relation }}.likes_count, 0)
                + coalesce({{ relation }}.comments_count, 0)
                + coalesce({{ relation }}.shares_count, 0)
                + coalesce({{ relation }}.saves_count, 0)
    end
{%- endmacro %}
