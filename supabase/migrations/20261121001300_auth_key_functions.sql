-- Making and revoking API keys. Making goes through our functions only: the secret is made, and the pepper kept, outside the database.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.check_scopes(wanted text[], org uuid) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := private.me();
begin
    if exists (select from unnest(wanted) as scope where scope not in (select p.permission from private.permissions as p)) then
        perform private.refuse(400, 'Some of the scopes do not exist.', jsonb_build_array(jsonb_build_object(
            'field', 'scopes', 'problem', 'Choose from: '
            || (select string_agg(p.permission, ', ' order by p.permission) from private.permissions as p)
        )));
    elsif exists (
        select from unnest(wanted) as scope
        where scope not in (
            select rp.permission
            from public.memberships as m
            inner join private.role_permissions as rp on rp.role = m.role
            where m.org_id = org and m.user_id = person
        )
    ) then
        perform private.refuse(403, 'A key cannot do more than its maker: choose scopes that you hold in this organization.');
    end if;
end
$$;
comment on function private.check_scopes(text[], uuid) is
'Refuses scopes that do not exist (400) or that the person asking does not hold in the organization (403).';

-- Definer: nobody writes api_keys or digests but these functions.
create function private.create_api_key(
    label text, wanted text[], org uuid, ends_at timestamptz, lookup_id text, pepper integer, digest_hex text
) returns public.api_keys
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := private.me();
    made public.api_keys;
begin
    perform private.require_function('auth');
    if (digest_hex ~ '^[0-9a-f]{64}$') is not true then
        perform private.refuse(400, 'The digest is not one of HMAC-SHA256.');
    end if;
    if org is null then
        select o.id into org from public.organizations as o where o.personal_of = person;
    end if;
    if not exists (select from public.memberships as m where m.org_id = org and m.user_id = person) then
        perform private.refuse(404, 'No such organization.');
    elsif org not in (select private.orgs_with('api-keys:write')) then
        perform private.refuse(403, 'You may not make API keys in this organization. Ask one of its owners or admins.');
    end if;
    perform private.check_scopes(wanted, org);
    if ends_at <= now() or ends_at > now() + interval '100 years' then
        perform private.refuse(400, 'A key cannot expire then.', jsonb_build_array(jsonb_build_object(
            'field', 'expiresAt', 'problem', 'Choose a time within the next 100 years, or leave it out.'
        )));
    end if;

    insert into public.api_keys (org_id, maker_id, name, lookup, scopes, expires_at)
    values (org, person, label, lookup_id, array(select distinct s from unnest(wanted) as s order by s), ends_at)
    returning * into made;
    insert into private.api_key_digests (key_id, pepper_version, digest)
    values (made.id, pepper, sha256(decode(digest_hex, 'hex')));
    return made;
end
$$;
comment on function private.create_api_key(text, text[], uuid, timestamptz, text, integer, text) is
'Stores a new key of the person asking, in their personal organization where none is named. The digest is hex.';

-- Definer: as above.
create function private.revoke_api_key(key_id uuid) returns public.api_keys
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    revoked public.api_keys;
begin
    update public.api_keys as k set revoked_at = now()
    where k.id = revoke_api_key.key_id
        and k.org_id in (select private.orgs_with('api-keys:write'))
        and k.revoked_at is null;

    select k.* into revoked from public.api_keys as k
    where k.id = revoke_api_key.key_id and k.org_id in (select private.orgs_with('api-keys:write'));
    if revoked.id is null then
        perform private.refuse(404, 'No such API key.');
    end if;
    return revoked;
end
$$;
comment on function private.revoke_api_key(uuid) is 'Ends a key for good, from the next request on. A repeat answers the same.';

create function public.create_api_key(
    name text, scopes text[], lookup text, pepper_version integer, digest text,
    org_id uuid default null, expires_at timestamptz default null
) returns public.api_keys
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    return private.create_api_key(name, scopes, org_id, expires_at, lookup, pepper_version, digest);
end
$$;
comment on function public.create_api_key(text, text[], text, integer, text, uuid, timestamptz) is
'For our functions: POST /functions/v1/auth/api-keys makes the secret and calls this as the person.';

create function public.revoke_api_key(key_id uuid) returns public.api_keys
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    return private.revoke_api_key(key_id);
end
$$;
comment on function public.revoke_api_key(uuid) is 'Ends an API key that the caller may manage. 404 for any other.';

grant execute on function
private.create_api_key(text, text[], uuid, timestamptz, text, integer, text),
public.create_api_key(text, text[], text, integer, text, uuid, timestamptz),
private.revoke_api_key(uuid),
public.revoke_api_key(uuid)
to authenticated;
