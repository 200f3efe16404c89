select attributed.ugc_key, attributed.campaign_id
from {{ ref('int_ugc_attributed') }} as attributed
inner join {{ ref('fct_ugc') }} as ugc on attributed.ugc_key = ugc.ugc_key
where attributed.campaign_id is not null and ugc.published_at is null
