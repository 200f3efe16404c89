with word_of_mouth as (
    select
        {{ key_of(["'wom'", 'source', 'campaign_id', 'identity_key', 'surveyed_at']) }} as answer_key,
        'wom' as survey,
        source,
        campaign_id,
        identity_key,
        cast(null as varchar) as arm,
        cast(null as varchar) as wave,
        people_told_count,
        valence,
        generation,
        bought_after_post,
        cast(null as double) as trust,
        cast(null as bigint) as recommend,
        cast(null as double) as intent,
        surveyed_at,
        known_at
    from {{ present('stg_wom_surveys') }}
),

brand as (
    select
        {{ key_of(["'brand'", 'source', 'campaign_id', 'identity_key', 'wave']) }} as answer_key,
        'brand' as survey,
        source,
        campaign_id,
        identity_key,
        arm,
        wave,
        cast(null as bigint) as people_told_count,
        cast(null as varchar) as valence,
        cast(null as bigint) as generation,
        cast(null as boolean) as bought_after_post,
        trust,
        recommend,
        intent,
        surveyed_at,
        known_at
    from {{ present('stg_brand_surveys') }}
),

answers as (
    select * from word_of_mouth
    union all
    select * from brand
),

identities as (
    select identity_key, consumer_key from {{ ref('int_identities_resolved') }}
),

final as (
    select
        answers.answer_key,
        answers.survey,
        answers.source,
        answers.campaign_id,
        identities.consumer_key,
        answers.arm,
        answers.wave,
        answers.people_told_count,
        answers.valence,
        answers.generation,
        answers.bought_after_post,
        answers.trust,
        answers.recommend,
        answers.intent,
        answers.surveyed_at,
        {{ brand_date('answers.surveyed_at') }} as surveyed_on,
        answers.known_at
    from answers
    left join identities on answers.identity_key = identities.identity_key
)

select * from final
