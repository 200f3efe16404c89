{% set staged = [
    'stg_pos_lines', 'stg_stores', 'stg_products', 'stg_product_page_daily', 'stg_consumers', 'stg_consumer_links',
    'stg_consents', 'stg_wom_surveys', 'stg_brand_surveys', 'stg_social_profiles', 'stg_social_posts',
    'stg_social_post_metrics', 'stg_social_edges', 'stg_reviews', 'stg_campaigns', 'stg_campaign_products',
    'stg_campaign_areas', 'stg_campaign_costs', 'stg_campaign_members', 'stg_campaign_events',
    'stg_influencer_bursts',
] %}

{% for model in staged -%}
select '{{ model }}' as model, count(*) as rows_count
from {{ ref(model) }}
where known_at > {{ as_of_cutoff() }}
having count(*) > 0
{{ "union all" if not loop.last }}
{% endfor %}
