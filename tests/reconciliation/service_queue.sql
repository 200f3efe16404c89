select
    queue_place,
    if(queue_place % 5 = 0, 'waiting longest', 'urgency') as place_reason,
    ugc_key,
    consumer_key,
    platform_or_site,
    told_on,
    in_words('moment', moment) as moment,
    ['urgent', 'soon', 'when possible'][urgency_level] as urgency,
    reply_by,
    reply_by < as_of() as is_overdue,
    hearers_count,
    store_id,
    product_id
from listed_queue
