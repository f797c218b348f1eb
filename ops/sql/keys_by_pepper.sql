-- Shows how many API keys live by each version of the pepper: one without live keys can be retired.
select
    d.pepper_version,
    count(*) filter (where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())) as live,
    count(*) as in_all,
    max(k.created_at) as newest_made_at,
    max(k.last_used_at) as last_used_at
from private.api_key_digests as d
inner join public.api_keys as k on d.key_id = k.id
group by d.pepper_version
order by d.pepper_version desc
