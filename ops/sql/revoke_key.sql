-- Ends an API key, from its next request on.
-- writes
-- param key: its id, or the lookup that lists and logs show
with ended as (
    update public.api_keys as k set revoked_at = now()
    where (k.id::text = lower(%(key)s::text) or k.lookup = %(key)s::text) and k.revoked_at is null
    returning k.id, k.revoked_at
)

select
    k.id,
    k.lookup,
    k.org_id,
    k.name,
    coalesce(ended.revoked_at, k.revoked_at) as revoked_at,
    ended.id is not null as ended_now
from public.api_keys as k
left join ended on k.id = ended.id
where k.id::text = lower(%(key)s::text) or k.lookup = %(key)s::text
