-- Who is in an organization, and in which role: every change locks the organization, so that two at once cannot empty it of owners.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: reads memberships past their own policies.
create function private.require_permission(org uuid, wanted text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if org in (select private.orgs_with(wanted)) then
        return;
    elsif not exists (select from public.memberships as m where m.org_id = org and m.user_id = private.me()) then
        perform private.refuse(404, 'No such organization.');
    elsif exists (select from public.organizations as o where o.id = org and o.ownerless_at is not null) then
        perform private.refuse(403, 'This organization has no owner and is frozen. Ask support to name one.');
    elsif wanted in (select private.held_by(private.me(), org)) then
        perform private.refuse(403, 'This organization demands a second factor for this. Sign in with yours.');
    end if;
    perform private.refuse(403, 'Insufficient permissions. Ask an owner of the organization.');
end
$$;
comment on function private.require_permission(uuid, text) is
'Refuses unless the person asking may do this in the organization: 404 to outsiders, else 403 with what to do.';

create function private.lock_organization(org uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform from public.organizations as o where o.id = org for no key update;
end
$$;
comment on function private.lock_organization(uuid) is 'Makes changes to the members of one organization wait for each other.';

create function private.require_no_more_than_mine(org uuid, role text) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from private.role_permissions as rp
        where rp.role = require_no_more_than_mine.role
            and rp.permission not in (
                select mine.permission
                from public.memberships as m
                inner join private.role_permissions as mine on mine.role = m.role
                where m.org_id = org and m.user_id = private.me()
            )
    ) then
        perform private.refuse(403, 'That role may do more than yours. Ask somebody who has it.');
    end if;
end
$$;
comment on function private.require_no_more_than_mine(uuid, text) is
'Refuses to give or take a role whose permissions are not among the caller''s own.';

create function private.require_another_owner(org uuid, person uuid) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from public.memberships as m where m.org_id = org and m.user_id = person and m.role = 'owner')
        and not exists (
            select from public.memberships as m where m.org_id = org and m.user_id <> person and m.role = 'owner'
                and private.is_in_good_standing(m.user_id)
        )
    then
        perform private.refuse(409, 'An organization needs an owner. Make somebody else one first.');
    end if;
end
$$;
comment on function private.require_another_owner(uuid, uuid) is 'Refuses what would take an organization''s last owner away.';

create or replace function private.create_api_key(
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
    perform private.require_permission(org, 'api-keys:write');
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
