-- Whoami says of an organization that is not the caller's what everything else says, and of a scope that is none only that.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create or replace function private.explain_scope(person uuid, org uuid, wanted text, scopes jsonb) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    held_role constant text := (select m.role from public.memberships as m where m.org_id = org and m.user_id = person);
    organization public.organizations;
begin
    -- Whatever else could be said would lead nowhere: nobody can be given what is not there.
    if not exists (select from private.permissions as p where p.permission = wanted) then
        return '[{"code": "scope_unknown", "message": "There is no such scope."}]';
    end if;
    -- What it is, strangers are not told.
    select o.* into organization from public.organizations as o where o.id = org and held_role is not null;
    return (
        select coalesce(jsonb_agg(jsonb_build_object('code', r.code, 'message', r.message) order by r.place), '[]')
        from (values
            (1, held_role is null, 'not_a_member', 'Not a member of this organization. Ask to be invited.'),
            (2, scopes is not null and not scopes ? wanted,
                'scope_missing', 'The key was made without this scope. Change its scopes, or make another key.'),
            (3, held_role is not null and not exists (
                select from private.role_permissions as rp where rp.role = held_role and rp.permission = wanted
            ), 'role_too_small', case when scopes is null
                then format('The role %s does not have this permission. Ask an owner.', held_role)
                else 'The maker of the key does not have this permission. Ask an owner.' end),
            (4, organization.ownerless_at is not null and wanted not like '%:read',
                'organization_frozen', 'The organization has no owner and is frozen. Ask support to name one.'),
            (5, scopes is null and organization.demands_aal2 and private.claims() ->> 'aal' is distinct from 'aal2'
                and exists (select from private.permissions as p where p.permission = wanted and p.sensitive),
                'second_factor_missing', 'This organization demands a second factor for this. Sign in with yours.')
        ) as r (place, holds, code, message)
        where r.holds
    );
end
$$;

create or replace function backend.whoami(explain text default null, org uuid default null) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
begin
    perform private.require_function();
    if coalesce(current_setting('mainstay.key_problem', true), '') <> '' then
        perform private.refuse(401, 'This API key is not valid.');
    elsif claims ->> 'role' = 'integrator' then
        if org <> (claims ->> 'org_id')::uuid then
            perform private.refuse(404, 'No such organization.');
        end if;
        return private.whoami_key(claims, explain);
    elsif private.me() is null then
        perform private.refuse(401, 'This session has ended. Sign in again.');
    elsif org is not null and not exists (
        select from public.memberships as m where m.org_id = org and m.user_id = private.me()
    ) then
        perform private.refuse(404, 'No such organization.');
    end if;
    return private.whoami_person(private.me(), explain, org);
end
$$;
comment on function backend.whoami(text, uuid) is
'Who is asking, what they may do, what is left of their limits, and, for a scope to be explained, every reason why it would be refused. '
'404 for an organization that is not theirs.';
