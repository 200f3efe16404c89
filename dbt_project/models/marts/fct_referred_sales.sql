-- What others bought on a member's word, where a till can tell: the basket a redemption or click names, or a line with
-- a code that only one member passed on. A line belongs to one member; a basket named by two belongs to the last one.
with events as (
    select * from {{ ref('fct_campaign_events') }}
    where referrer_consumer_key is not null and reference is not null
),

lines as (
    select * from {{ ref('fct_sales_lines') }}
),

shared_codes as (
    select distinct upper(code) as code
    from (select {{ unnested('codes') }} as code from {{ present('stg_campaigns') }}) as codes
),

baskets as (
    select distinct source, store_id, transaction_id, consumer_key
    from lines
    where transaction_id in (select events.reference from events)
),

-- A basket number that two stores use names neither.
named_baskets as (
    select
        transaction_id,
        min(source) as source,
        min(store_id) as store_id,
        min(consumer_key) as consumer_key
    from baskets
    group by transaction_id
    having count(*) = 1
),

by_basket as (
    select
        lines.source,
        lines.store_id,
        lines.transaction_id,
        lines.line_no,
        events.campaign_id,
        events.referrer_consumer_key,
        'basket' as method,
        1 as precedence,
        events.happened_at,
        events.event_id
    from events
    inner join named_baskets on events.reference = named_baskets.transaction_id
    inner join lines
        on
            named_baskets.source = lines.source
            and named_baskets.store_id = lines.store_id
            and (
                named_baskets.transaction_id = lines.transaction_id
                or (lines.is_return and named_baskets.transaction_id = lines.return_of_transaction_id)
            )
    where
        coalesce(named_baskets.consumer_key <> events.referrer_consumer_key, true)
        and coalesce(named_baskets.consumer_key = events.consumer_key, true)
),

personal_codes as (
    select
        upper(events.reference) as code,
        min(events.campaign_id) as campaign_id,
        min(events.referrer_consumer_key) as referrer_consumer_key
    from events
    where upper(events.reference) not in (select shared_codes.code from shared_codes)
    group by upper(events.reference)
    having
        min(events.campaign_id) = max(events.campaign_id)
        and min(events.referrer_consumer_key) = max(events.referrer_consumer_key)
),

by_code as (
    select
        lines.source,
        lines.store_id,
        lines.transaction_id,
        lines.line_no,
        personal_codes.campaign_id,
        personal_codes.referrer_consumer_key,
        'code' as method,
        2 as precedence,
        lines.sold_at as happened_at,
        cast(null as varchar) as event_id
    from personal_codes
    inner join lines on personal_codes.code = upper(lines.promotion_code)
    where coalesce(lines.consumer_key <> personal_codes.referrer_consumer_key, true)
),

candidates as (
    select * from by_basket
    union all
    select * from by_code
),

chosen as (
    {{ one_row_each(
        'candidates',
        ['source', 'store_id', 'transaction_id', 'line_no'],
        'precedence asc, happened_at desc, campaign_id asc, referrer_consumer_key asc, event_id asc',
    ) }}
),

final as (
    select
        chosen.source,
        chosen.store_id,
        chosen.transaction_id,
        chosen.line_no,
        chosen.campaign_id,
        chosen.referrer_consumer_key,
        chosen.method,
        lines.consumer_key,
        lines.product_id,
        lines.business_on,
        lines.net_amount_minor,
        lines.currency,
        lines.known_at
    from chosen
    inner join lines
        on
            chosen.source = lines.source
            and chosen.store_id = lines.store_id
            and chosen.transaction_id = lines.transaction_id
            and chosen.line_no = lines.line_no
)

select * from final
