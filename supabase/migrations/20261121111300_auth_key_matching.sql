-- Finding the API key that a function presents, and judging it, as two questions: whoever ends a leaked key asks only the first.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: digests are closed to every caller.
create function private.match_api_key(presented text) returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    key record;
begin
    if presented !~ '^[0-9A-Za-z]{12}\.[0-9]{1,4}:[0-9a-f]{64}(,[0-9]{1,4}:[0-9a-f]{64}){0,3}$' then
        return null;
    end if;
    select k.id, d.digest, d.pepper_version into key
    from public.api_keys as k
    inner join private.api_key_digests as d on d.key_id = k.id
    where k.lookup = split_part(presented, '.', 1);
    -- Both sides are SHA-256, so how long the comparison takes says nothing about a digest.
    if exists (
        select from string_to_table(split_part(presented, '.', 2), ',') as part
        where split_part(part, ':', 1)::integer = key.pepper_version
            and sha256(decode(split_part(part, ':', 2), 'hex')) = key.digest
    ) then
        return key.id;
    end if;
    return null;
end
$$;
comment on function private.match_api_key(text) is
'The key of which the digest is presented, in whatever state; null for any other. Knowing an id gives nothing away.';

create function private.end_of_key(key public.api_keys) returns text
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    return case
        when key.revoked_at is not null then 'key_revoked'
        when key.expires_at <= now() then 'key_expired'
        when coalesce(key.last_used_at, key.created_at) <= now() - make_interval(days => key.idle_days) then 'key_idle'
    end;
end
$$;
comment on function private.end_of_key(public.api_keys) is 'By what a key has ended; null for one that lives.';

-- Definer: reads keys, memberships and auth.users.
create function private.find_api_key(presented text, address inet) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    key public.api_keys;
begin
    select k.* into key from public.api_keys as k where k.id = private.match_api_key(presented);
    return case
        when key.id is null then '{"problem": "key_unknown"}'
        when private.end_of_key(key) is not null then jsonb_build_object('problem', private.end_of_key(key))
        when not private.is_in_good_standing(key.maker_id)
            or not exists (select from public.memberships as m where m.org_id = key.org_id and m.user_id = key.maker_id)
            then '{"problem": "key_orphaned"}'
        when (address <<= any(key.allowed_cidrs)) is not true and key.allowed_cidrs is not null then '{"problem": "key_address"}'
        else jsonb_build_object('claims', jsonb_build_object(
            'role', 'integrator', 'sub', key.id, 'maker', key.maker_id, 'org_id', key.org_id, 'scopes', to_jsonb(key.scopes)
        ))
    end;
end
$$;
comment on function private.find_api_key(text, inet) is
'{claims} for a key that may be used now and from here, else {problem}: '
'key_unknown, key_revoked, key_expired, key_idle, key_orphaned or key_address.';

create function private.unmapped(address inet) returns inet
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select case when address <<= '::ffff:0:0/96' then '0.0.0.0'::inet + (address - '::ffff:0.0.0.0'::inet) else address end
$$;
comment on function private.unmapped(inet) is 'An IPv4 address as such, also where it comes mapped into IPv6 (RFC 4291, 2.5.5.2).';

create or replace function gate.recognize(headers jsonb) returns jsonb
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
        api_key := private.find_api_key(
            headers ->> 'x-api-key', private.unmapped(private.valid_inet(headers ->> 'x-client-ip'))
        );
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

-- Only the gate called it.
-- squawk-ignore ban-drop-function
drop function private.find_api_key(text);
