-- Shows the organizations that take the most room, by what they own and by what their log grew.
-- param days = 30: of the log, so many days
-- param most = 20: so many
with logged as (
    select
        a.org_id,
        count(*) as entries
    from public.audit_log as a
    where a.created_at > now() - make_interval(days => %(days)s::integer) and a.org_id is not null
    group by a.org_id
)

select
    o.id as org_id,
    o.name,
    private.plan_of(o.id) as plan,
    (
        select count(*) from public.memberships as m
        where m.org_id = o.id
    ) as members,
    (
        select count(*) from public.api_keys as k
        where k.org_id = o.id
    ) as api_keys,
    (
        select count(*) from public.invitations as i
        where i.org_id = o.id
    ) as invitations,
    coalesce(logged.entries, 0) as log_entries,
    o.created_at
from public.organizations as o
left join logged on o.id = logged.org_id
order by log_entries desc, api_keys desc, members desc, o.id asc
limit %(most)s::integer
