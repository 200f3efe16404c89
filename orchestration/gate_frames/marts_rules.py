"""What the marts gate counts: keys, identities, references, columns that should stay filled. SQL text only."""

from __future__ import annotations

# Marts whose key has no NULL; the others' keys are tested by dbt.
KEYS: dict[str, tuple[str, ...]] = {
    "dim_consumers": ("consumer_key",),
    "dim_accounts": ("account_key",),
    "dim_products": ("product_id",),
    "dim_stores": ("store_id",),
    "dim_campaigns": ("campaign_id",),
    "dim_dates": ("date_on",),
    "bridge_campaign_products": ("campaign_id", "product_id"),
    "bridge_campaign_areas": ("campaign_id", "place", "place_id"),
    "fct_sales_lines": ("source", "store_id", "transaction_id", "line_no"),
    "fct_sales_daily": ("store_id", "product_id", "channel", "business_on", "currency", "quantity_unit"),
    "fct_store_days": ("store_id", "business_on", "channel", "currency"),
    "fct_ugc": ("ugc_key",),
    "fct_ugc_labels": ("ugc_key", "label_set", "label"),
    "fct_moments": ("ugc_key", "moment"),
    "fct_moment_daily": ("subject_kind", "subject_id", "moment", "activity_on"),
    "fct_moment_opportunities": ("subject_kind", "subject_id", "activity_on"),
    "fct_profile_snapshots": ("account_key", "observed_at"),
    "fct_campaign_members": ("campaign_id", "unit", "unit_id"),
    "fct_campaign_daily": ("campaign_id", "activity_on"),
    "fct_campaigns": ("campaign_id",),
}

_DAILY_AGAINST_LINES = """
with lines as (
    select business_on, currency, cast(sum({measure}) as bigint) as total from marts.fct_sales_lines group by all
),
days as (
    select business_on, currency, cast(sum({daily}) as bigint) as total from marts.{table} group by all
)
select coalesce(sum(abs(coalesce(lines.total, 0) - coalesce(days.total, 0))), 0)
from lines
full join days on lines.business_on = days.business_on and lines.currency = days.currency
"""


def _lost(fact: str, column: str, dimension: str, key: str) -> str:
    return f"""
    select count(*) from marts.{fact}
    where {column} is not null and {column} not in (select {key} from marts.{dimension})
    """  # noqa: S608 - names are the project's own


def _same_count(left: str, right: str) -> str:
    return f"select (select count(*) from {left}) - (select count(*) from {right})"  # noqa: S608


# Name → query for one number that must be 0.
RULES: dict[str, str] = {
    "sales lines are all staged till lines": _same_count("staging.stg_pos_lines", "marts.fct_sales_lines"),
    "net sales of lines are those staged": """
        select coalesce(sum(abs(coalesce(staged.total, 0) - coalesce(kept.total, 0))), 0)
        from (select currency, sum(net_amount_minor) as total from staging.stg_pos_lines group by all) as staged
        full join (select currency, sum(net_amount_minor) as total from marts.fct_sales_lines group by all) as kept
            on staged.currency = kept.currency
    """,
    "net sales of days are those of lines": _DAILY_AGAINST_LINES.format(
        measure="net_amount_minor", daily="net_amount_minor", table="fct_sales_daily"
    ),
    "lines of days are the lines": _DAILY_AGAINST_LINES.format(
        measure="1", daily="lines_count", table="fct_sales_daily"
    ),
    "net sales of store days are those of lines": _DAILY_AGAINST_LINES.format(
        measure="net_amount_minor", daily="net_amount_minor", table="fct_store_days"
    ),
    "ugc is all staged posts and reviews": """
        select (select count(*) from staging.stg_social_posts) + (select count(*) from staging.stg_reviews)
            - (select count(*) from marts.fct_ugc)
    """,
    "sentiment stands only where a model of the text's language read it": """
        select count(*) from marts.fct_ugc
        where sentiment_negative is not null
            and (text_length is null or language is null or sentiment_model_id is null
                or split_part(sentiment_model_id, '-', 1) <> language)
    """,
    "probabilities of a sentiment add up to one": """
        select count(*) from marts.fct_ugc
        where abs(sentiment_negative + sentiment_neutral + sentiment_positive - 1) > 0.001
    """,
    "moments are of texts that were read for them": """
        select count(*) from marts.fct_moments as moments
        left join marts.fct_ugc as ugc on moments.ugc_key = ugc.ugc_key
        where ugc.has_moments_read is distinct from true
    """,
    "days of the brand hold every counted moment": """
        select (select count(*) from marts.fct_moments
                where is_counted and not is_unsure and deleted_at is null and published_on is not null)
            - coalesce((select sum(moments_count) from marts.fct_moment_daily where subject_kind = 'brand'), 0)
    """,
    "copies that do not count are syndicated reviews": """
        select count(*) from marts.fct_ugc where not is_counted and is_syndicated_copy is distinct from true
    """,
    "each campaign has its facts": _same_count("marts.dim_campaigns", "marts.fct_campaigns"),
    "no piece of ugc counts more than once": """
        select count(*) from (
            select ugc_key from intermediate.int_ugc_attributed group by ugc_key having sum(weight) > 1.000001
        )
    """,
    "buyers of lines are consumers": _lost("fct_sales_lines", "consumer_key", "dim_consumers", "consumer_key"),
    "products of lines are products": _lost("fct_sales_lines", "product_id", "dim_products", "product_id"),
    "stores of lines are stores": _lost("fct_sales_lines", "store_id", "dim_stores", "store_id"),
    "authors of ugc are consumers": _lost("fct_ugc", "consumer_key", "dim_consumers", "consumer_key"),
    "campaigns of members are campaigns": _lost("fct_campaign_members", "campaign_id", "dim_campaigns", "campaign_id"),
    "consumers of members are consumers": _lost(
        "fct_campaign_members", "consumer_key", "dim_consumers", "consumer_key"
    ),
    "windows that are not complete have no outcome": """
        select count(*) from marts.fct_campaign_members
        where window_status <> 'complete' and (net_spend_after_minor is not null or first_purchase is not null)
    """,
}

# Share of fact rows whose dimension row is known; NULL where the brand brings no such dimension at all.
REFERENCES: dict[str, str] = {
    "sales lines to products": """
        select case when (select bool_or(is_known) from marts.dim_products)
            then avg(cast(products.is_known as int)) end
        from marts.fct_sales_lines as lines
        inner join marts.dim_products as products on lines.product_id = products.product_id
    """,
    "sales lines to stores": """
        select case when (select bool_or(is_known) from marts.dim_stores)
            then avg(cast(stores.is_known as int)) end
        from marts.fct_sales_lines as lines
        inner join marts.dim_stores as stores on lines.store_id = stores.store_id
        where lines.channel = 'store' -- a list of stores need not hold the web shop
    """,
}

# How texts were read: shares that may be anything at a brand, but do not move by themselves.
READINGS: dict[str, str] = {
    "texts whose language is told": """
        select avg(cast(language <> 'und' as int)) from marts.fct_ugc where text_length > 0
    """,
    "texts of a known language that have a sentiment": """
        select avg(cast(sentiment is not null as int)) from marts.fct_ugc where text_length > 0 and language <> 'und'
    """,
    "sentiments that are unsure": """
        select avg(cast(sentiment = 'unsure' as int)) from marts.fct_ugc where sentiment is not null
    """,
    "moments that are unsure": "select avg(cast(is_unsure as int)) from marts.fct_moments",
    "pieces that are copies or near copies of another": """
        select avg(cast(duplicates_count > 1 as int)) from marts.fct_ugc where duplicates_count is not null
    """,
}

# Campaigns with enough people who got the product or an invitation: the share of them in the treatment arm.
ARMS_REACHED = """
select members.campaign_id as campaign,
    avg(case when members.arm = 'treatment' then 1.0 else 0.0 end) as treated_share
from marts.fct_campaign_members as members
inner join (
    select distinct campaign_id, consumer_key
    from marts.fct_campaign_events
    where kind in ('invited', 'sample_shipped', 'sample_delivered') and consumer_key is not null
) as reached
    on members.campaign_id = reached.campaign_id and members.consumer_key = reached.consumer_key
where members.unit = 'consumer'
group by members.campaign_id
having count(*) >= 20
order by campaign
"""

# Columns that may be NULL, but not suddenly everywhere.
FILLED_COLUMNS: dict[str, tuple[str, ...]] = {
    "fct_sales_lines": ("consumer_key", "margin_minor", "discount_minor"),
    "fct_ugc": ("consumer_key", "product_id", "published_at", "rating_share", "likes_count", "views_count"),
    "dim_consumers": ("followers_count", "consent_scoring", "home_area_id"),
    "dim_products": ("category", "brand"),
    "fct_campaign_members": ("first_purchase", "net_spend_after_minor"),
}
