-- People are told when a key is made, a quarter of an hour at a time, and before one expires.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- squawk-ignore require-concurrent-index-creation
create index outbox_org_id_idx on private.outbox ((payload ->> 'org_id'), due_at) where kind in ('mail.key_made', 'mail.keys_made');

-- Definer: the outbox is closed to who makes keys.
create function private.tell_of_keys() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    key public.api_keys;
    last timestamptz;
begin
    for key in select k.* from new_rows as k loop
        last := (
            select max(o.due_at) from private.outbox as o
            where o.kind in ('mail.key_made', 'mail.keys_made') and o.payload ->> 'org_id' = key.org_id::text
        );
        if last is null or last <= now() - interval '15 minutes' then
            insert into private.outbox (kind, dedupe_key, payload)
            values ('mail.key_made', 'key_made:' || key.id, jsonb_build_object('org_id', key.org_id, 'key_id', key.id))
            on conflict (dedupe_key) do nothing;
        elsif last <= now() then
            insert into private.outbox (kind, dedupe_key, payload, due_at)
            values (
                'mail.keys_made', format('keys_made:%s:%s', key.org_id, extract(epoch from last)),
                jsonb_build_object('org_id', key.org_id, 'since', last), last + interval '15 minutes'
            )
            on conflict (dedupe_key) do nothing;
        end if;
    end loop;
    return null;
end
$$;
comment on function private.tell_of_keys() is
'Trigger of api_keys: has maker and owners told of a new one, rotations included, at once; of those that are made '
'in the quarter of an hour after that, in one mail at its end.';
create trigger tell_of_keys after insert on public.api_keys
referencing new table as new_rows
for each statement execute function private.tell_of_keys();

-- squawk-ignore require-concurrent-index-creation
create index api_keys_expires_at_idx on public.api_keys (expires_at) where revoked_at is null;

-- Definer: the job runner owns nothing.
create function backend.jobs_find_expiring_keys() returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    told integer;
begin
    perform private.require_function();
    -- Only of a key that was there when the time came, and of the nearer time where both have come.
    insert into private.outbox (kind, dedupe_key, payload)
    select
        'mail.key_expiring', format('key_expiring:%s:%s:%s', k.id, t.days, extract(epoch from k.expires_at)),
        jsonb_build_object('key_id', k.id, 'days', t.days, 'expires_at', k.expires_at)
    from public.api_keys as k
    inner join (values (7, 1), (1, 0)) as t (days, until)
        on k.expires_at <= now() + make_interval(days => t.days) and k.expires_at > now() + make_interval(days => t.until)
    where k.revoked_at is null
        and k.created_at <= k.expires_at - make_interval(days => t.days)
        and private.is_expiring(k, jsonb_build_object('expires_at', k.expires_at))
    on conflict (dedupe_key) do nothing;
    get diagnostics told = row_count;
    return jsonb_build_object('told', told);
end
$$;
comment on function backend.jobs_find_expiring_keys() is
'Has people told of keys that expire within 7 days, and within one: once each for every time at which a key would expire.';
grant execute on function backend.jobs_find_expiring_keys() to job_runner;
insert into private.schedules (name, cron, kind) values ('find-expiring-keys', '23 * * * *', 'keys.find_expiring');
