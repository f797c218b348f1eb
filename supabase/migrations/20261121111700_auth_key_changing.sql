-- Changing the terms of API keys, and ending them.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: nobody writes api_keys but the key functions.
create function private.change_api_key(key uuid, change jsonb) returns public.api_keys
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    old public.api_keys;
    new public.api_keys;
begin
    perform private.lock_organization((select k.org_id from public.api_keys as k where k.id = key));
    select k.* into old from public.api_keys as k where k.id = key for no key update;
    if old.id is null or old.org_id not in (select private.orgs_with('api-keys:write')) then
        perform private.refuse(404, 'No such API key.');
    elsif old.revoked_at is not null then
        perform private.refuse(409, 'This API key was revoked. Make a new one.');
    elsif change - array[
        'name', 'scopes', 'expires_at', 'idle_days', 'allowed_cidrs', 'requests_per_minute', 'budget', 'budget_period', 'metadata'
    ] <> '{}' then
        perform private.refuse(400, 'Only name, scopes, expires_at, idle_days, allowed_cidrs, requests_per_minute, budget, budget_period and metadata can be changed.');
    end if;
    new := jsonb_populate_record(old, change);
    perform private.check_scopes(array(select s from unnest(new.scopes) as s where s <> all(old.scopes)), old.org_id);
    perform private.check_key_terms(new);
    update public.api_keys as k
    set name = new.name, scopes = array(select distinct s from unnest(new.scopes) as s order by s),
        expires_at = new.expires_at, idle_days = new.idle_days, allowed_cidrs = new.allowed_cidrs, metadata = new.metadata
    where k.id = old.id;
    -- What a lineage shares it shares in all its generations.
    update public.api_keys as k
    set requests_per_minute = new.requests_per_minute, budget = new.budget, budget_period = new.budget_period
    where k.lineage_id = old.lineage_id;
    select k.* into new from public.api_keys as k where k.id = old.id;
    return new;
end
$$;
comment on function private.change_api_key(uuid, jsonb) is
'Changes the terms of a key that are named; limit and budget for its whole lineage. Whoever adds a scope must hold it.';

create function private.orgs_to_guard() returns setof uuid
language plpgsql stable security definer rows 10 set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select private.orgs_with('api-keys:write')
    union
    -- A frozen organization changes nothing, but a key that leaked must end there too.
    select m.org_id
    from public.memberships as m
    inner join public.organizations as o on o.id = m.org_id and o.ownerless_at is not null
    inner join private.role_permissions as rp on rp.role = m.role and rp.permission = 'api-keys:write'
    where m.user_id = private.me() and (not o.demands_aal2 or private.claims() ->> 'aal' = 'aal2');
end
$$;
comment on function private.orgs_to_guard() is 'The organizations whose API keys the person asking may end: also frozen ones.';

create or replace function private.revoke_api_key(key_id uuid) returns public.api_keys
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    revoked public.api_keys;
begin
    update public.api_keys as k set revoked_at = now()
    where k.id = revoke_api_key.key_id
        and k.org_id in (select private.orgs_to_guard())
        and k.revoked_at is null;

    select k.* into revoked from public.api_keys as k
    where k.id = revoke_api_key.key_id and k.org_id in (select private.orgs_to_guard());
    if revoked.id is null then
        perform private.refuse(404, 'No such API key.');
    end if;
    return revoked;
end
$$;

create function private.revoke_api_keys(org uuid) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    ended integer;
begin
    if org is null or org not in (select private.orgs_to_guard()) then
        perform private.refuse(404, 'No such organization, or you may not manage its API keys.');
    end if;
    perform private.lock_organization(org);
    update public.api_keys as k set revoked_at = now() where k.org_id = org and k.revoked_at is null;
    get diagnostics ended = row_count;
    return ended;
end
$$;
comment on function private.revoke_api_keys(uuid) is 'Ends every key of an organization for good; answers how many that were.';
