-- The key of a person is one of the person's own identities.
select identities.consumer_key
from {{ ref('int_identities_resolved') }} as identities
left join {{ ref('int_identities_resolved') }} as own
    on identities.consumer_key = own.identity_key and identities.consumer_key = own.consumer_key
where own.identity_key is null
