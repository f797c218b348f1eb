-- Whoever holds a leaked key can end it, and so can those who find it for us.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: reads digests and writes keys, closed to the gatekeeper.
create function backend.end_leaked_keys(reports jsonb, finder text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    report jsonb;
    key public.api_keys;
    answers jsonb := '[]';
begin
    perform private.require_function('auth');
    -- In one order: two alerts of the same keys must not wait for each other.
    perform from public.api_keys as k
    where k.id in (select private.match_api_key(each ->> 'presented') from jsonb_array_elements(reports) as each)
    order by k.id for no key update;
    for report in select each from jsonb_array_elements(reports) as each loop
        select k.* into key from public.api_keys as k
        where k.id = private.match_api_key(report ->> 'presented') for no key update;
        answers := answers || to_jsonb(key.id is not null);
        continue when key.id is null;
        update public.api_keys as k set revoked_at = now() where k.id = key.id and k.revoked_at is null;
        -- Told once, however often it is found: the row's own change is in the log already.
        insert into private.outbox (kind, dedupe_key, payload) values (
            'mail.key_leaked', 'key_leaked:' || key.id,
            jsonb_build_object('key_id', key.id, 'finder', finder, 'where', left(report ->> 'where', 500))
        ) on conflict (dedupe_key) do nothing;
        if found then
            perform private.record('api_keys.leaked', key.org_id, key.id::text, after => jsonb_build_object(
                'finder', finder, 'where', left(report ->> 'where', 500)
            ));
        end if;
    end loop;
    return answers;
end
$$;
comment on function backend.end_leaked_keys(jsonb, text) is
'Ends each key that is presented, [{presented, where}], audits it, and has its people told by mail, once. '
'Answers for each whether it is one of ours; a repeat answers the same.';
grant execute on function backend.end_leaked_keys(jsonb, text) to gatekeeper;
