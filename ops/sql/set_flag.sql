-- Makes or changes a feature flag; what is not said stays. enabled=false turns it off for everybody within 30 seconds.
-- writes
-- param name: which
-- param enabled = null: true, or false for the kill switch
-- param percentage = null: which share has it, 0 to 100
-- param organizations = null: ids, with commas between them, that have it in any case; replaces those that had it
-- param plans = null: plans, with commas between them, that have it; replaces those that had it
-- param public = null: whether clients are told how it stands for them
-- param description = null: what it is; needed to make one
with checked as materialized (
    select
        case
            when %(percentage)s::numeric not between 0 and 100
                then private.refuse(400, 'A percentage is from 0 to 100.')::text
            when
                %(description)s::text is null
                and not exists (
                    select from private.feature_flags as f
                    where f.name = %(name)s::text
                )
                then
                    private.refuse(
                        400, 'There is no flag ' || %(name)s::text || ' yet. To make it, say what it is: description="…".'
                    )::text
        end as refused
),

former as (
    select f.* from private.feature_flags as f
    where f.name = %(name)s::text
),

wanted as (
    select
        coalesce(%(enabled)s::boolean, (select f.enabled from former as f), false) as enabled,
        coalesce(%(percentage)s::numeric, (select f.percentage from former as f), 0) as percentage,
        coalesce(string_to_array(%(organizations)s::text, ',')::uuid[], (select f.organizations from former as f), '{}') as organizations,
        coalesce(string_to_array(%(plans)s::text, ','), (select f.plans from former as f), '{}') as plans,
        coalesce(%(public)s::boolean, (select f.public from former as f), false) as is_public,
        coalesce(%(description)s::text, (select f.description from former as f)) as description
)

insert into private.feature_flags as f (name, enabled, percentage, organizations, plans, public, description)
select
    %(name)s::text,
    w.enabled,
    w.percentage,
    w.organizations,
    w.plans,
    w.is_public,
    w.description
from wanted as w
cross join checked as c
where c.refused is null
on conflict (name) do update
    set
        enabled = excluded.enabled, percentage = excluded.percentage, organizations = excluded.organizations,
        plans = excluded.plans, public = excluded.public, description = excluded.description
returning f.name, f.enabled, f.percentage, f.rolled_by, f.organizations, f.plans, f.public, f.description
