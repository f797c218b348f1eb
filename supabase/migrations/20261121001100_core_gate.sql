-- The gate: PostgREST runs gate.enter() before every request, and nothing else ever switches a role.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: function keys and API keys are closed to the caller. Reads only, so that it works on GET.
create function gate.recognize(headers jsonb) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    function record;
    jwt_role constant text := coalesce(private.claims() ->> 'role', '');
    act_as constant text := headers ->> 'x-act-as';
    api_key jsonb;
begin
    select k.name, k.may_act_as into function
    from private.function_keys as k
    where k.digest = sha256(convert_to(headers ->> 'x-function-key', 'utf8'))
        and (k.expires_at is null or k.expires_at > now())
        and (k.ip_ranges is null or private.platform_ip() <<= any (k.ip_ranges));

    if function.name is null then
        perform private.refuse(
            401, 'X-Act-As and X-Api-Key are for our functions, which prove themselves with a valid X-Function-Key.',
            hint => 'X-Function-Key'
        );
    elsif jwt_role not in ('anon', 'authenticated') then
        perform private.refuse(403, 'A function acts for a person, an API key or nobody, not for this role.', hint => 'Authorization');
    elsif act_as is not null and act_as <> all (function.may_act_as) then
        perform private.refuse(403, 'This function may not act as that role.', hint => 'X-Act-As');
    elsif headers ? 'x-api-key' and jwt_role <> 'anon' then
        perform private.refuse(400, 'Send either a bearer token or an API key, not both.');
    end if;

    if headers ? 'x-api-key' then
        api_key := private.find_api_key(headers ->> 'x-api-key');
        -- The gatekeeper is told what is wrong with a key, so that it can answer; anything else ends here.
        if api_key ? 'problem' and act_as is distinct from 'gatekeeper' then
            perform private.refuse(401, 'This API key is not valid. Make a new one, or check that it was copied whole.');
        end if;
    end if;
    return jsonb_strip_nulls(jsonb_build_object(
        'function', function.name,
        'role', coalesce(act_as, case when api_key ? 'claims' then 'integrator' end),
        'claims', api_key -> 'claims',
        'problem', api_key ->> 'problem'
    ));
end
$$;
comment on function gate.recognize(jsonb) is
'Who sends these headers: {function, role to switch to, claims of a valid API key, problem of an invalid one}. Refuses the rest.';

-- Invoker: only an invoker may switch roles.
create function gate.enter() returns void
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
declare
    headers constant jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
    caller jsonb;
begin
    if not headers ?| array['x-function-key', 'x-act-as', 'x-api-key'] then
        return;
    end if;

    caller := gate.recognize(headers);
    perform set_config('mainstay.function', caller ->> 'function', true);
    perform set_config('mainstay.client_ip', coalesce(headers ->> 'x-client-ip', ''), true);
    perform set_config('mainstay.request_id', left(coalesce(headers ->> 'x-request-id', ''), 64), true);
    perform set_config('mainstay.client_agent', left(coalesce(headers ->> 'x-client-agent', ''), 256), true);
    perform set_config('mainstay.key_problem', coalesce(caller ->> 'problem', ''), true);

    if caller ? 'claims' then
        perform set_config('request.jwt.claims', caller ->> 'claims', true);
    end if;
    if caller ? 'role' then
        perform set_config('statement_timeout', '5s', true);
        perform set_config('role', caller ->> 'role', true);
    end if;
end
$$;
comment on function gate.enter() is
'Pre-request function of PostgREST. Without one of our headers the role of the verified JWT stands, and nothing a client says is believed.';

grant usage on schema gate to anon, authenticated, service_role;
grant execute on function gate.enter(), gate.recognize(jsonb) to anon, authenticated, service_role;
