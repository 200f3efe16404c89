with ugc as (
    select * from {{ ref('int_ugc_unioned') }}
),

identities as (
    select * from {{ ref('int_identities_resolved') }}
),

stores as (
    select * from {{ ref('int_stores_zoned') }}
),

final as (
    select
        ugc.*,
        identities.consumer_key,
        {{ local_date('ugc.published_at', "coalesce(stores.business_timezone, '" ~ var('brand_timezone') ~ "')") }}
            as published_on
    from ugc
    left join identities on ugc.author_identity_key = identities.identity_key
    left join stores on ugc.store_id = stores.store_id
)

select * from final
