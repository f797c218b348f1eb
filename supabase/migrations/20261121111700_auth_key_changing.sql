-- Changing the terms of API keys, and ending them.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: nobody writes api_keys but the key functions.
create function private.widens(old public.api_keys, new public.api_keys) returns boolean
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select coalesce(new.expires_at, 'infinity') > coalesce(old.expires_at, 'infinity')
        or coalesce(new.idle_days, 2147483647) > coalesce(old.idle_days, 2147483647)
        or coalesce(new.requests_per_minute, 2147483647) > coalesce(old.requests_per_minute, 2147483647)
        or coalesce(new.budget, 9223372036854775807) > coalesce(old.budget, 9223372036854775807)
        or new.budget_period is distinct from old.budget_period and new.budget is not null
        or (old.allowed_cidrs is not null and (new.allowed_cidrs is null or exists (
            select from unnest(new.allowed_cidrs) as n where not exists (select from unnest(old.allowed_cidrs) as o where n <<= o)
        )))
$$;
comment on function private.widens(public.api_keys, public.api_keys) is
'Whether a key could do more, for longer or from elsewhere: only who may do all that it does may widen it.';

create function private.change_api_key(key uuid, change jsonb) returns public.api_keys
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    old public.api_keys;
    new public.api_keys;
begin
    select k.* into old from public.api_keys as k where k.id = key;
    -- Asked before anything is locked: a stranger must neither wait nor make others wait.
    if old.id is null or old.org_id not in (select private.orgs_with('api-keys:write')) then
        perform private.refuse(404, 'No such API key.');
    end if;
    perform private.lock_organization(old.org_id);
    select k.* into old from public.api_keys as k where k.id = key for no key update;
    if private.end_of_key(old) is not null then
        perform private.refuse(409, 'This API key has ended. Make a new one.');
    elsif jsonb_typeof(change) is distinct from 'object' or change - array[
        'name', 'scopes', 'expires_at', 'idle_days', 'allowed_cidrs', 'requests_per_minute', 'budget', 'budget_period', 'metadata'
    ] <> '{}' then
        perform private.refuse(400, 'Only name, scopes, expires_at, idle_days, allowed_cidrs, requests_per_minute, budget, budget_period and metadata can be changed.');
    end if;
    new := jsonb_populate_record(old, change);
    perform private.check_scopes(array(select s from unnest(new.scopes) as s where s <> all(old.scopes)), old.org_id);
    perform private.check_key_terms(new);
    if private.widens(old, new) then
        perform private.check_scopes(old.scopes, old.org_id);
        if exists (select from public.api_keys as k where k.lineage_id = old.lineage_id and k.generation > old.generation) then
            perform private.refuse(409, 'This API key was rotated: change the newest one of its lineage.');
        end if;
    end if;
    update public.api_keys as k
    set name = new.name, scopes = array(select distinct s from unnest(new.scopes) as s order by s),
        expires_at = new.expires_at, idle_days = new.idle_days, allowed_cidrs = new.allowed_cidrs, metadata = new.metadata
    where k.id = old.id;
    -- What a lineage shares it shares in all its generations.
    update public.api_keys as k
    set requests_per_minute = new.requests_per_minute, budget = new.budget, budget_period = new.budget_period
    where k.lineage_id = old.lineage_id and private.end_of_key(k) is null
        and (k.requests_per_minute, k.budget, k.budget_period) is distinct from (new.requests_per_minute, new.budget, new.budget_period);
    select k.* into new from public.api_keys as k where k.id = old.id;
    return new;
end
$$;
comment on function private.change_api_key(uuid, jsonb) is
'Changes the terms of a key that are named; limit and budget for its whole lineage. '
'Whoever adds a scope must hold it, and whoever widens it all that it has.';

create function private.orgs_to_guard() returns setof uuid
language plpgsql stable security definer rows 10 set search_path = pg_catalog, pg_temp
as $$
begin
    -- As orgs_with, but for frozen organizations: they change nothing, but a key that leaked must end there too.
    return query
    select m.org_id
    from public.memberships as m
    inner join public.organizations as o on o.id = m.org_id
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
    -- In one order, as who ends leaked keys does: neither may make the other fail.
    perform from public.api_keys as k where k.org_id = org and k.revoked_at is null order by k.id for no key update;
    update public.api_keys as k set revoked_at = now() where k.org_id = org and k.revoked_at is null;
    get diagnostics ended = row_count;
    return ended;
end
$$;
comment on function private.revoke_api_keys(uuid) is 'Ends every key of an organization for good; answers how many that were.';
