-- Shows live API keys that nobody used for so many days: candidates to be revoked.
-- param days = 90: so many
-- param most = 100: so many
select
    k.id,
    k.lookup,
    k.org_id,
    k.name,
    k.maker_id,
    k.created_at,
    k.last_used_at
from public.api_keys as k
where
    k.revoked_at is null
    and (k.expires_at is null or k.expires_at > now())
    and coalesce(k.last_used_at, k.created_at) < now() - make_interval(days => %(days)s::integer)
order by coalesce(k.last_used_at, k.created_at), k.id
limit %(most)s::integer
