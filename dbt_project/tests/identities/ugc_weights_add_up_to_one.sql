select ugc_key, sum(weight) as weight
from {{ ref('int_ugc_attributed') }}
group by ugc_key
having abs(sum(weight) - 1) > 0.000001
