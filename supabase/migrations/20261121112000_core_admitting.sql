-- backend.admit: the one call by which our functions learn who is asking and whether they may.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: they read keys and plans, and spend.
create function private.admit_key(
    claims jsonb, route text, needs text, spends text, counted boolean, tier text
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    key public.api_keys;
    plan constant text := private.plan_of((claims ->> 'org_id')::uuid);
    scopes constant text[] := private.effective_scopes(claims);
    may constant boolean := needs is null or needs = any(scopes);
    taken jsonb;
begin
    select k.* into key from public.api_keys as k where k.id = (claims ->> 'sub')::uuid;
    -- What is refused anyway costs the key's own limits and not the hour that its whole organization shares.
    taken := private.take(private.allowances(
        key.lineage_id::text, key.org_id::text, case when may and private.budget_left(key) is distinct from 0 then plan end,
        route, spends, counted, key.requests_per_minute
    ));
    if taken ? 'status' then
        return taken;
    elsif not may then
        return private.refusal(403, 'scope_missing', format(
            'Insufficient permissions: this needs the scope %s, which the key or its maker does not have.', needs
        ), taken);
    elsif not private.plan_includes(plan, tier) then
        return private.refusal(402, 'plan_too_small', format('This needs the plan %s. Choose another plan.', tier), taken);
    elsif counted and not private.spend_budget(key) then
        return private.refusal(429, 'budget_spent', 'The budget of this API key is spent. Raise it, or wait for its next period.', taken || jsonb_build_object(
            'retry_after', greatest(1, ceil(extract(epoch from coalesce(
                private.budget_began(key.budget_period) + ('1 ' || key.budget_period)::interval, now() + interval '1 day'
            ) - now())))
        ));
    end if;
    perform private.record_key_use(key);
    return taken || jsonb_build_object('admitted', true, 'plan', plan, 'principal', jsonb_build_object(
        'kind', 'key', 'id', key.id, 'lookup', key.lookup, 'maker_id', key.maker_id, 'org_id', key.org_id, 'scopes', scopes
    ));
end
$$;
comment on function private.admit_key(jsonb, text, text, text, boolean, text) is 'Admission of an API key that may be used.';

create function private.admit_person(claims jsonb, route text, spends text, counted boolean, tier text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := private.me();
    plan text;
    taken jsonb;
begin
    if person is null then
        return private.refuse_stranger('session_ended');
    end if;
    plan := private.plan_of_person(person);
    taken := private.take(private.allowances(person::text, person::text, plan, route, spends, counted));
    if taken ? 'status' then
        return taken;
    elsif not private.plan_includes(plan, tier) then
        return private.refusal(402, 'plan_too_small', format('This needs the plan %s. Choose another plan.', tier), taken);
    end if;
    return taken || jsonb_build_object('admitted', true, 'plan', plan, 'principal', jsonb_build_object(
        'kind', 'person', 'id', person, 'aal', coalesce(claims ->> 'aal', 'aal1')
    ));
end
$$;
comment on function private.admit_person(jsonb, text, text, boolean, text) is 'Admission of a person, if their session lives.';

-- What takes its place takes the same arguments, and more.
-- squawk-ignore ban-drop-function
drop function backend.admit(text, text);
create function backend.admit(
    route text, needs text default null, spends text default null, counted boolean default true,
    tier text default null, strangers boolean default false
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
    problem constant text := nullif(current_setting('mainstay.key_problem', true), '');
    taken jsonb;
begin
    perform private.require_function();
    if problem is not null then
        return private.refuse_stranger(problem);
    elsif claims ->> 'role' = 'integrator' then
        return private.admit_key(claims, route, needs, spends, counted, tier);
    elsif claims ->> 'role' = 'anon' and strangers then
        taken := private.take(private.allowances(null, null, null, route, coalesce(spends, 'anonymous'), false));
        return case when taken ? 'status' then taken
            else taken || '{"admitted": true, "principal": {"kind": "nobody"}}' end;
    end if;
    return private.admit_person(claims, route, spends, counted, tier);
end
$$;
comment on function backend.admit(text, text, text, boolean, text, boolean) is
'{admitted, principal, plan, limits}, or {admitted: false, status, reason, message, limits, retry_after?}, for the caller '
'of a route that needs a scope and a plan. '
'It spends the caller''s limits if that is counted, and the one named in `spends`. '
'A refusal is data, so that what it spent stays spent.';
grant execute on function backend.admit(text, text, text, boolean, text, boolean) to gatekeeper;
