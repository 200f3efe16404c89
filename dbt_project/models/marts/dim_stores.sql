with zoned as (
    select * from {{ ref('int_stores_zoned') }}
),

stores as (
    select * from {{ present('stg_stores') }}
),

final as (
    select
        zoned.store_id,
        stores.area_id,
        stores.latitude,
        stores.longitude,
        stores.timezone,
        zoned.business_timezone,
        zoned.is_timezone_known,
        stores.opened_on,
        stores.closed_on,
        stores.area_population,
        zoned.is_known
    from zoned
    left join stores on zoned.store_id = stores.store_id
)

select * from final
