-- Admission carries what is to be counted of the requests before.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- What takes its place takes the same arguments, and one more.
-- squawk-ignore ban-drop-function
drop function backend.admit(text, text, text, boolean, text, boolean);
-- Definer: calls what is closed to gatekeeper.
create function backend.admit(
    route text, needs text default null, spends text default null, counted boolean default true,
    tier text default null, strangers boolean default false, previous jsonb default '[]'
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
    problem constant text := nullif(current_setting('mainstay.key_problem', true), '');
    taken jsonb;
begin
    perform private.require_function();
    if previous <> '[]' then
        perform private.record_requests(previous);
    end if;
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
comment on function backend.admit(text, text, text, boolean, text, boolean, jsonb) is
'{admitted, principal, plan, limits}, or {admitted: false, status, reason, message, limits, retry_after?}, for the caller '
'of a route that needs a scope and a plan. '
'It spends the caller''s limits if that is counted, and the one named in `spends`. '
'A refusal is data, so that what it spent stays spent. '
'Before all that it counts `previous`: requests that are over, as private.record_requests takes them.';
grant execute on function backend.admit(text, text, text, boolean, text, boolean, jsonb) to gatekeeper;
