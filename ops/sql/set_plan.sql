-- Gives an organization a plan, whatever it pays for, until another is given. It has the better one of both.
-- writes
-- param org: the organization's id
-- param plan: free, pro, enterprise, or another of private.plans
with checked as materialized (
    select
        case
            when %(plan)s::text not in (select p.plan from private.plans as p)
                then
                    private.refuse(
                        400,
                        'There is no such plan. There are: '
                        || (select string_agg(p.plan, ', ' order by p.rank) from private.plans as p) || '.'
                    )::text
        end as refused
),

given as (
    insert into private.organization_plans (org_id, plan)
    select
        o.id,
        %(plan)s::text
    from public.organizations as o
    where o.id = %(org)s::uuid and (select c.refused from checked as c) is null
    on conflict (org_id) do update set plan = excluded.plan, expires_at = null, reason = null
    returning org_id, plan
)

select
    given.org_id,
    o.name,
    given.plan
from given
inner join public.organizations as o on given.org_id = o.id
