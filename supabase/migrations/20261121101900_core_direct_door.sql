-- Writes of clients that come straight to PostgREST are bounded: approximately, so that no row makes everyone wait.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create unlogged table private.write_buckets (
    bucket bytea primary key,
    -- The theoretical arrival time of the generic cell rate algorithm.
    due_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
) with (fillfactor = 70);
comment on table private.write_buckets is
'How far each eighth of a caller''s allowance is spent. A write picks one at random, so that writes rarely wait for each other.';
call private.seal('private.write_buckets');
create trigger touch_updated_at before update on private.write_buckets
for each row execute function private.touch_updated_at();

insert into private.settings (name, value, description) values
('direct_writes_per_minute', '240', 'How many writes a minute a person may make straight to PostgREST, about.'),
('anonymous_writes_per_minute', '30', 'The same for one address without a sign-in.');

-- Definer: writes buckets and reads settings, closed to the caller.
create function gate.spend_write() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
    signed_in constant boolean := coalesce(claims ->> 'role' = 'authenticated', false);
    per_minute constant numeric := (
        select s.value::numeric from private.settings as s
        where s.name = case when signed_in then 'direct_writes_per_minute' else 'anonymous_writes_per_minute' end
    );
    apart constant interval := interval '8 minutes' / per_minute;
    who constant text := case when signed_in then claims ->> 'sub'
        else coalesce(private.network_of(private.platform_ip()::text)::text, 'nobody') end;
    picked bytea;
begin
    -- Looked at without a lock: a transaction that locked two buckets could deadlock with another of the same caller.
    select c.bucket into picked
    from (select sha256(convert_to(who || '/' || n, 'utf8')) as bucket from generate_series(0, 7) as n) as c
    left join private.write_buckets as b on b.bucket = c.bucket
    where b.due_at is null or b.due_at < clock_timestamp() + interval '1 minute' - apart
    order by random() limit 1;
    if picked is not null then
        insert into private.write_buckets as b (bucket, due_at) values (picked, clock_timestamp() + apart)
        on conflict (bucket) do update set due_at = greatest(b.due_at, clock_timestamp()) + apart
        where b.due_at < clock_timestamp() + interval '1 minute' - apart;
        if found then
            return;
        end if;
    end if;
    raise sqlstate 'PGRST' using
        message = '{"code": "PT429", "message": "Too many writes. Wait as many seconds as Retry-After says.", "details": null, "hint": null}',
        detail = format('{"status": 429, "headers": {"Retry-After": "%s"}}', greatest(1, ceil(extract(epoch from apart))));
end
$$;
comment on function gate.spend_write() is
'Spends one write of the caller''s minute, or refuses with 429 and Retry-After. By person; by address for who is not signed in.';
grant execute on function gate.spend_write() to anon, authenticated;

create or replace function gate.enter() returns void
language plpgsql security invoker set search_path = pg_catalog, pg_temp
as $$
declare
    headers constant jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
    caller jsonb;
begin
    if not headers ?| array['x-function-key', 'x-act-as', 'x-api-key'] then
        -- PostgREST makes reads and stable functions read-only; service_role is an operator.
        if current_setting('transaction_read_only') = 'off' and current_user in ('anon', 'authenticated') then
            perform gate.spend_write();
        end if;
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
