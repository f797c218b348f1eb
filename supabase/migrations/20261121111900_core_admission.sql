-- Admission at full strength: who is asking, whether they may, and what it takes of their limits, in one call.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Only admission called it.
-- squawk-ignore ban-drop-function
drop function private.record_key_use(uuid);
-- Definer: writes api_keys.
create function private.record_key_use(key public.api_keys) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    -- What was read a moment ago is enough to know that nothing is to be done, which it mostly is.
    if key.last_used_at >= now() - interval '5 minutes' then
        return;
    end if;
    -- A row that another request holds is being stamped by it: not worth waiting for.
    update public.api_keys as k
    set last_used_at = now(), last_used_ip = private.client_ip(),
        last_used_agent = nullif(current_setting('mainstay.client_agent', true), '')
    where k.id in (
        select stale.id from public.api_keys as stale
        where stale.id = key.id and (stale.last_used_at is null or stale.last_used_at < now() - interval '5 minutes')
        for update skip locked
    );
end
$$;
comment on function private.record_key_use(public.api_keys) is 'Stamps when and from where a key was used, at most once in 5 minutes.';

-- Definer: limits are closed to every caller.
create function private.allowances(
    caller text, organization text, plan text, route text, extra text, counted boolean, per_minute integer default null
) returns private.allowance[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    address constant text := coalesce(private.network_of(host(private.client_ip()))::text, 'nobody');
    found_ones private.allowance[];
begin
    -- Who has no credentials counts by address, whoever else it may be that spends.
    select array_agg(private.allowance(l.name, l.quantity, l.period, coalesce(
        case l.spent_by when 'caller' then caller when 'organization' then organization end, address
    )) order by l.period, l.name) into found_ones
    from private.limits as l
    where l.name = extra or l.route = allowances.route
        or (counted and (l.name = 'burst' or l.plan = allowances.plan));
    if counted and per_minute is not null then
        found_ones := found_ones || private.allowance('key', per_minute, interval '1 minute', caller);
    end if;
    return coalesce(found_ones, '{}');
end
$$;
comment on function private.allowances(text, text, text, text, text, boolean, integer) is
'All that one request takes one of. Without counting, only what its route asks for.';

create function private.refusal(status integer, reason text, message text, more jsonb) returns jsonb
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select more || private.refusal(status, reason, message)
$$;
comment on function private.refusal(integer, text, text, jsonb) is 'A refusal with more members: limits, retry_after.';

-- Definer: spends.
create function private.take(wanted private.allowance[]) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    spent constant boolean := case when private.is_left(wanted) then private.spend(wanted) else false end;
    standing constant jsonb := private.look_at(wanted);
    longest jsonb;
    seconds integer;
begin
    if spent then
        return jsonb_build_object('limits', standing);
    end if;
    -- When this one is there again, so are the others.
    select s.each into longest from jsonb_array_elements(standing) as s (each) order by (s.each ->> 'wait')::integer desc limit 1;
    seconds := greatest(1, (longest ->> 'wait')::integer);
    return private.refusal(
        429, 'limit_exceeded', format(
            'The limit %s is used up. Try again in %s.', longest ->> 'name',
            case seconds when 1 then '1 second' else seconds || ' seconds' end
        ), jsonb_build_object('limits', standing, 'retry_after', seconds)
    );
end
$$;
comment on function private.take(private.allowance[]) is 'Takes one of each allowance: {limits}, or a refusal that says when to come back.';

-- Definer: as above. What is wrong with a key or a session costs its address, before it is said.
create function private.refuse_stranger(problem text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    taken constant jsonb := private.take(private.allowances(null, null, null, null, 'anonymous', false));
begin
    if taken ? 'status' then
        return taken;
    end if;
    return private.refusal(case problem when 'key_address' then 403 else 401 end, problem, case problem
        when 'key_revoked' then 'This API key was revoked. Make a new one.'
        when 'key_expired' then 'This API key has expired. Make a new one.'
        when 'key_idle' then 'This API key was not used for so long that it ended. Make a new one.'
        when 'key_orphaned' then 'The maker of this API key has left the organization. Make a new key.'
        when 'key_address' then 'This API key may not be used from this address. Add it to the key''s allowed CIDRs.'
        when 'session_ended' then 'This session has ended. Sign in again.'
        else 'This API key is not known here. Check that it was copied whole.'
    end, taken);
end
$$;
comment on function private.refuse_stranger(text) is
'The refusal of somebody who is nobody here: 401, 403 for a key used from elsewhere, or 429.';
