-- Who am I, what may I do, how much is left, and why would this be refused: answered without spending anything asked about.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: they read what is closed to the gatekeeper.
create function private.explain_scope(person uuid, org uuid, wanted text, scopes jsonb) returns jsonb
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
comment on function private.explain_scope(uuid, uuid, text, jsonb) is
'Why somebody may not do this in an organization: [{code, message}], empty if they may.';

create function private.explain_limits(limits jsonb) returns jsonb
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(jsonb_build_object('code', 'limit_exceeded', 'message', format(
        'The limit %s is used up for %s seconds.', each ->> 'name', each ->> 'wait'
    ))), '[]') from jsonb_array_elements(limits) as each where (each ->> 'wait')::numeric > 0
$$;
comment on function private.explain_limits(jsonb) is 'The limits of which nothing is left: [{code, message}].';

create function private.explanation(reasons jsonb) returns jsonb
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('allowed', reasons = '[]', 'reasons', reasons)
$$;
comment on function private.explanation(jsonb) is 'Whether something would be allowed: if there is no reason why not.';

create function private.whoami_key(claims jsonb, explain text) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    key public.api_keys;
    plan constant text := private.plan_of((claims ->> 'org_id')::uuid);
    limits jsonb;
    reasons jsonb;
begin
    select k.* into key from public.api_keys as k where k.id = (claims ->> 'sub')::uuid;
    limits := private.look_at(private.allowances(
        key.lineage_id::text, key.org_id::text, plan, null, null, true, key.requests_per_minute
    ));
    reasons := private.explain_scope(key.maker_id, key.org_id, explain, claims -> 'scopes')
        || private.explain_limits(limits)
        || case when private.budget_left(key) = 0
            then '[{"code": "budget_spent", "message": "The budget of this API key is spent."}]'::jsonb else '[]' end;
    return jsonb_build_object(
        'kind', 'key', 'id', key.id, 'org_id', key.org_id, 'lookup', key.lookup, 'name', key.name, 'generation', key.generation,
        'rotated', exists (select from public.api_keys as k where k.lineage_id = key.lineage_id and k.generation > key.generation),
        'expires_at', key.expires_at, 'maker_id', key.maker_id, 'plan', plan, 'scopes', private.effective_scopes(claims),
        'organizations', (select jsonb_agg(jsonb_build_object(
            'id', o.id, 'name', case when 'settings:read' = any(private.effective_scopes(claims)) then o.name end
        )) from public.organizations as o where o.id = key.org_id),
        'limits', limits, 'budget', key.budget, 'budget_left', private.budget_left(key),
        'explanation', case when explain is not null then private.explanation(reasons) end
    );
end
$$;
comment on function private.whoami_key(jsonb, text) is 'What an API key is told of itself.';

create function private.whoami_person(person uuid, explain text, org uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    plan constant text := private.plan_of_person(person);
    limits constant jsonb := private.look_at(private.allowances(person::text, person::text, plan, null, null, true));
begin
    return jsonb_build_object(
        'kind', 'person', 'id', person, 'aal', coalesce(private.claims() ->> 'aal', 'aal1'), 'plan', plan,
        'organizations', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'id', o.id, 'name', o.name, 'role', m.role,
                'scopes', (select jsonb_agg(held order by held) from private.held_by(person, o.id) as held)
            ) order by m.created_at, o.id), '[]')
            from public.memberships as m inner join public.organizations as o on o.id = m.org_id where m.user_id = person
        ),
        'limits', limits,
        'explanation', case when explain is not null then private.explanation(
            private.explain_scope(person, coalesce(org, private.personal_org(person)), explain, null) || private.explain_limits(limits)
        ) end
    );
end
$$;
comment on function private.whoami_person(uuid, text, uuid) is 'What a person is told of themselves.';

create function backend.whoami(explain text default null, org uuid default null) returns jsonb
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
grant execute on function backend.whoami(text, uuid) to gatekeeper;
