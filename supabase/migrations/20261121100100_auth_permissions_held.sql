-- Which permissions somebody holds: the one place where roles, frozen organizations and second factors meet.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: reads memberships past their own policies.
create function private.held_by(person uuid, org uuid) returns setof text
language plpgsql stable security definer rows 20 set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select rp.permission
    from public.memberships as m
    inner join public.organizations as o on o.id = m.org_id
    inner join private.role_permissions as rp on rp.role = m.role
    where m.user_id = person and m.org_id = org
        and (o.ownerless_at is null or rp.permission like '%:read');
end
$$;
comment on function private.held_by(uuid, uuid) is
'The permissions of a person in an organization. In a frozen one only those to read.';

create or replace function private.maker_with(wanted text) returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
    maker constant uuid := (claims ->> 'maker')::uuid;
begin
    if claims ->> 'role' = 'integrator'
        and (claims -> 'scopes') ? wanted
        and wanted in (select private.held_by(maker, (claims ->> 'org_id')::uuid))
        and private.is_in_good_standing(maker)
    then
        return maker;
    end if;
    return null;
end
$$;

create or replace function private.orgs_with(wanted text) returns setof uuid
language plpgsql stable security definer rows 10 set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
    person uuid;
begin
    if claims ->> 'role' = 'integrator' then
        if private.maker_with(wanted) is not null then
            return next (claims ->> 'org_id')::uuid;
        end if;
        return;
    end if;
    person := private.me();
    return query
    select m.org_id
    from public.memberships as m
    inner join public.organizations as o on o.id = m.org_id
    inner join private.role_permissions as rp on rp.role = m.role and rp.permission = wanted
    inner join private.permissions as p on p.permission = wanted
    where m.user_id = person
        and (o.ownerless_at is null or wanted like '%:read')
        and (not (o.demands_aal2 and p.sensitive) or claims ->> 'aal' = 'aal2');
end
$$;

create or replace function private.effective_scopes(claims jsonb) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return array(
        select held from private.held_by((claims ->> 'maker')::uuid, (claims ->> 'org_id')::uuid) as held
        where (claims -> 'scopes') ? held
        order by held
    );
end
$$;

create or replace function private.check_scopes(wanted text[], org uuid) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from unnest(wanted) as scope where scope not in (select p.permission from private.permissions as p)) then
        perform private.refuse(400, 'Some of the scopes do not exist.', jsonb_build_array(jsonb_build_object(
            'field', 'scopes', 'problem', 'Choose from: '
            || (select string_agg(p.permission, ', ' order by p.permission) from private.permissions as p)
        )));
    elsif exists (
        select from unnest(wanted) as scope where scope not in (select private.held_by(private.me(), org))
    ) then
        perform private.refuse(403, 'A key cannot do more than its maker: choose scopes that you hold in this organization.');
    end if;
end
$$;
