-- Every store anybody named, with the zone its business day is cut in. A zone the engine does not know is treated like
-- none, so that a typing error cannot stop the night; the test on is_timezone_known reports it.
with stores as (
    select store_id, timezone from {{ present('stg_stores') }}
),

named as (
    select store_id from stores
    union
    select distinct store_id from {{ present('stg_pos_lines') }}
    union
    select distinct store_id from {{ present('stg_reviews') }}
    union
    select preferred_store_id as store_id from {{ present('stg_consumers') }}
    union
    select place_id as store_id from {{ present('stg_campaign_areas') }} where place = 'store'
    union
    select unit_ref as store_id from {{ present('stg_campaign_members') }} where unit = 'store'
),

zones as {{ known_timezones() }},

final as (
    select
        named.store_id,
        stores.store_id is not null as is_known,
        coalesce(zones.name, '{{ var("brand_timezone") }}') as business_timezone,
        case when stores.timezone is not null then zones.name is not null end as is_timezone_known
    from named
    left join stores on named.store_id = stores.store_id
    left join zones on stores.timezone = zones.name
    where named.store_id is not null
)

select * from final
