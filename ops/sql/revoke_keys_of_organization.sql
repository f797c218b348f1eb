-- Ends every API key of an organization, from their next requests on; run it again for one that was just being made.
-- writes
-- param org: the organization's id
with ended as (
    update public.api_keys as k set revoked_at = now()
    where k.org_id = %(org)s::uuid and k.revoked_at is null
    returning k.id
)

select
    o.id as org_id,
    o.name,
    (select count(*) from ended) as ended_now,
    (
        select count(*) from public.api_keys as k
        where k.org_id = o.id
    ) as keys_in_all
from public.organizations as o
where o.id = %(org)s::uuid
