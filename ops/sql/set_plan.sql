-- Gives an organization a plan, whatever it pays for. Billing may set it again.
-- writes
-- param org: the organization's id
-- param plan: free, pro, enterprise, or another of private.plans
with given as (
    insert into private.organization_plans (org_id, plan)
    select
        o.id,
        %(plan)s::text
    from public.organizations as o
    where o.id = %(org)s::uuid
    on conflict (org_id) do update set plan = excluded.plan
    returning org_id, plan
)

select
    given.org_id,
    o.name,
    given.plan
from given
inner join public.organizations as o on given.org_id = o.id
