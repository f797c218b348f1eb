-- The key functions as our functions and web clients call them.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- What takes their place takes the same arguments, and more.
-- squawk-ignore ban-drop-function
drop function public.create_api_key(text, text[], text, integer, text, uuid, timestamptz);
-- squawk-ignore ban-drop-function
drop function private.create_api_key(text, text[], uuid, timestamptz, text, integer, text);

create function public.create_api_key(
    name text, scopes text[], lookup text, pepper_version integer, digest text,
    org_id uuid default null, expires_at timestamptz default null, idle_days integer default null,
    allowed_cidrs cidr[] default null, requests_per_minute integer default null,
    budget bigint default null, budget_period text default null, metadata jsonb default '{}', nonce text default null
) returns jsonb
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
declare
    key public.api_keys;
begin
    key.name := name;
    key.scopes := scopes;
    key.lookup := lookup;
    key.org_id := org_id;
    key.expires_at := expires_at;
    key.idle_days := idle_days;
    key.allowed_cidrs := allowed_cidrs;
    key.requests_per_minute := requests_per_minute;
    key.budget := budget;
    key.budget_period := budget_period;
    key.metadata := metadata;
    return private.make_api_key(key, pepper_version, digest, nonce);
end
$$;
comment on function public.create_api_key(
    text, text[], text, integer, text, uuid, timestamptz, integer, cidr[], integer, bigint, text, jsonb, text
) is 'For our functions: POST /functions/v1/auth/api-keys makes the secret and calls this as the person.';

create function public.rotate_api_key(
    key_id uuid, lookup text, pepper_version integer, digest text,
    overlap_seconds integer default 86400, expires_at timestamptz default null, nonce text default null
) returns jsonb
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.rotate_api_key(key_id, overlap_seconds, expires_at, lookup, pepper_version, digest, nonce) $$;
comment on function public.rotate_api_key(uuid, text, integer, text, integer, timestamptz, text) is
'For our functions: POST /functions/v1/auth/api-keys/{id}/rotate makes the secret and calls this as the person.';

create function public.change_api_key(key_id uuid, change jsonb) returns public.api_keys
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.change_api_key(key_id, change) $$;
comment on function public.change_api_key(uuid, jsonb) is 'Change the terms of an API key that you manage: those that are named.';

create function public.revoke_api_keys(org_id uuid) returns integer
language sql security invoker set search_path = pg_catalog, pg_temp
as $$ select private.revoke_api_keys(org_id) $$;
comment on function public.revoke_api_keys(uuid) is 'End every API key of an organization; the answer is how many that were.';

grant execute on function
private.make_api_key(public.api_keys, integer, text, text),
public.create_api_key(text, text[], text, integer, text, uuid, timestamptz, integer, cidr[], integer, bigint, text, jsonb, text),
private.rotate_api_key(uuid, integer, timestamptz, text, integer, text, text),
public.rotate_api_key(uuid, text, integer, text, integer, timestamptz, text),
private.change_api_key(uuid, jsonb), public.change_api_key(uuid, jsonb),
private.revoke_api_keys(uuid), public.revoke_api_keys(uuid)
to authenticated;
