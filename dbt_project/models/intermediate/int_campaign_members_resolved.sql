with members as (
    select * from {{ present('stg_campaign_members') }}
),

identities as (
    select * from {{ ref('int_identities_resolved') }}
),

windows as (
    select * from {{ ref('int_campaigns_windowed') }}
),

assigned as (
    select
        members.campaign_id,
        members.unit,
        case
            when members.unit = 'consumer' then coalesce(identities.consumer_key, members.unit_identity_key)
            else members.unit_ref
        end as unit_id,
        members.arm,
        members.assigned_at,
        members.assignment_probability,
        members.cluster_id,
        coalesce(members.unit_identity_key, members.unit_ref) as reference
    from members
    left join identities on members.unit_identity_key = identities.identity_key
),

-- One person with two cards can stand in two arms: who was treated once is treated.
ranked as (
    select
        *,
        row_number() over (
            partition by campaign_id, unit, unit_id
            order by
                case arm when 'treatment' then 1 when 'control' then 2 when 'holdout' then 3 else 4 end,
                assigned_at asc nulls last,
                reference asc
        ) as entry_no,
        min(arm) over (partition by campaign_id, unit, unit_id)
        <> max(arm) over (partition by campaign_id, unit, unit_id) as has_arm_conflict
    from assigned
),

entered as (
    select
        campaign_id,
        unit,
        unit_id,
        arm,
        assigned_at,
        assignment_probability,
        cluster_id,
        has_arm_conflict,
        true as is_landed
    from ranked
    where entry_no = 1
),

{% if var('comparison') == 'all_other_consumers' %}
-- Everybody the brand could have chosen: consumers of its own systems, not people who only wrote something.
consumers_of_the_brand as (
    select distinct identities.consumer_key
    from identities
    where identities.identity_kind = 'loyalty'
),

campaigns_of_consumers as (
    select distinct campaign_id
    from entered
    where unit = 'consumer'
),

others as (
    select
        campaigns_of_consumers.campaign_id,
        'consumer' as unit,
        consumers_of_the_brand.consumer_key as unit_id,
        'comparison' as arm,
        cast(null as timestamp) as assigned_at,
        cast(null as double) as assignment_probability,
        cast(null as varchar) as cluster_id,
        false as has_arm_conflict,
        false as is_landed
    from campaigns_of_consumers
    cross join consumers_of_the_brand
    left join entered
        on
            campaigns_of_consumers.campaign_id = entered.campaign_id
            and consumers_of_the_brand.consumer_key = entered.unit_id
            and entered.unit = 'consumer'
    where entered.unit_id is null
),
{% endif %}

units as (
    select * from entered
    {% if var('comparison') == 'all_other_consumers' %}
    union all
    select * from others
    {% endif %}
),

dated as (
    select
        units.*,
        windows.starts_on as campaign_starts_on,
        windows.ends_on as campaign_ends_on,
        windows.activity_ends_on,
        case
            when units.assigned_at is null then windows.starts_on
            when windows.starts_on is null then {{ brand_date('units.assigned_at') }}
            else greatest(windows.starts_on, {{ brand_date('units.assigned_at') }})
        end as starts_on
    from units
    left join windows on units.campaign_id = windows.campaign_id
),

final as (
    select
        *,
        {{ add_days('starts_on', -var('before_days')) }} as before_starts_on,
        starts_on as outcome_starts_on,
        {{ add_days('starts_on', var('outcome_days') - 1) }} as outcome_ends_on
    from dated
)

select * from final
