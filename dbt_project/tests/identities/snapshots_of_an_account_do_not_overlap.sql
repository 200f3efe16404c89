select account_key, observed_at
from {{ ref('fct_profile_snapshots') }}
where valid_to <= valid_from
