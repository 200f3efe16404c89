-- Exposure: a campaign whose treatment arm held the author, the store, its area or the product when it was published.
with ugc as (
    select * from {{ ref('fct_ugc') }}
),

landed_rows as (
    select ugc_key, ugc_source, source, load_id, row_no
    from {{ ref('int_ugc_unioned') }}
),

told as (
    select
        landed_rows.ugc_key,
        moments.moment,
        moments.polarity,
        moments.confidence,
        moments.is_unsure,
        moments.cues,
        {{ is_bad_moment('moments') }} as is_bad
    from {{ ref('stg_signal_moments') }} as moments
    inner join landed_rows
        on
            moments.stream = landed_rows.ugc_source
            and moments.source = landed_rows.source
            and moments.load_id = landed_rows.load_id
            and moments.row_no = landed_rows.row_no
),

members as (
    select campaign_id, unit, unit_id, starts_on, activity_ends_on
    from {{ ref('int_campaign_members_resolved') }}
    where arm = 'treatment'
),

stores as (
    select store_id, area_id from {{ ref('dim_stores') }}
),

touchable as (
    select ugc_key, published_on, 'consumer' as unit, consumer_key as unit_id from ugc
    union all
    select ugc_key, published_on, 'store' as unit, store_id as unit_id from ugc
    union all
    select ugc.ugc_key, ugc.published_on, 'area' as unit, stores.area_id as unit_id
    from ugc
    inner join stores on ugc.store_id = stores.store_id
    union all
    select ugc_key, published_on, 'product' as unit, product_id as unit_id from ugc
),

exposures as (
    select touchable.ugc_key, {{ list_of('members.campaign_id') }} as exposed_campaign_ids
    from touchable
    inner join members
        on
            touchable.unit = members.unit
            and touchable.unit_id = members.unit_id
            and touchable.published_on between members.starts_on and members.activity_ends_on
    group by touchable.ugc_key
),

final as (
    select
        {{ key_of(['told.ugc_key', 'told.moment']) }} as moment_key,
        told.ugc_key,
        told.moment,
        told.polarity,
        told.confidence,
        told.is_unsure,
        told.is_bad,
        told.cues,
        ugc.ugc_source,
        ugc.platform_or_site,
        ugc.ugc_kind,
        ugc.language,
        ugc.consumer_key,
        ugc.product_id,
        ugc.store_id,
        exposures.exposed_campaign_ids,
        ugc.published_at,
        ugc.published_on,
        ugc.is_organic,
        ugc.is_undisclosed_incentive,
        ugc.is_counted,
        ugc.deleted_at,
        ugc.source,
        ugc.known_at
    from told
    inner join ugc on told.ugc_key = ugc.ugc_key
    left join exposures on told.ugc_key = exposures.ugc_key
)

select * from final
