-- Ends an API key, from its next request on.
-- writes
-- param key: its id, the lookup that lists and logs show, or the whole key, of which only the lookup is read
with wanted as (
    select k.id from public.api_keys as k
    where
        k.id::text = lower(%(key)s::text)
        or k.lookup = coalesce(
            substring(%(key)s::text, '^[a-z]{3,8}_sk_(?:live|test)_([0-9A-Za-z]{12})[0-9A-Za-z]{38}$'), %(key)s::text
        )
),

ended as (
    update public.api_keys as k set revoked_at = now()
    where k.id = (select w.id from wanted as w) and k.revoked_at is null
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
where k.id = (select w.id from wanted as w)
