-- No fact is dropped on its way, whoever or whatever it names.
{% set kept = {
    'stg_pos_lines': 'fct_sales_lines',
    'stg_social_profiles': 'fct_profile_snapshots',
    'stg_social_post_metrics': 'fct_post_metric_snapshots',
    'stg_product_page_daily': 'fct_page_daily',
    'stg_campaign_events': 'fct_campaign_events',
    'stg_campaign_costs': 'fct_campaign_costs',
    'stg_campaign_products': 'bridge_campaign_products',
    'stg_campaign_areas': 'bridge_campaign_areas',
    'int_ugc_resolved': 'fct_ugc',
    'int_campaign_members_resolved': 'fct_campaign_members',
    'dim_campaigns': 'fct_campaigns',
} %}

with counted as (
    {% for before, after in kept.items() -%}
    select
        '{{ after }}' as fact,
        (select count(*) from {{ present(before) if before.startswith('stg_') else ref(before) }}) as before_count,
        (select count(*) from {{ ref(after) }}) as after_count
    union all
    {% endfor -%}
    select
        'fct_ugc of posts and reviews' as fact,
        (select count(*) from {{ present('stg_social_posts') }})
        + (select count(*) from {{ present('stg_reviews') }}) as before_count,
        (select count(*) from {{ ref('fct_ugc') }}) as after_count
    union all
    select
        'fct_survey_answers' as fact,
        (select count(*) from {{ present('stg_wom_surveys') }})
        + (select count(*) from {{ present('stg_brand_surveys') }}) as before_count,
        (select count(*) from {{ ref('fct_survey_answers') }}) as after_count
)

select * from counted
where before_count <> after_count
