-- The inbox: what a payment provider tells us is kept first and understood later.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.webhook_events (
    provider text not null check (provider ~ '^[a-z]{2,20}$'),
    event_id text not null check (char_length(event_id) between 1 and 255),
    livemode boolean not null,
    type text not null check (char_length(type) between 1 and 200),
    api_version text check (char_length(api_version) <= 100),
    customer_ref text check (char_length(customer_ref) <= 255),
    object_ref text check (char_length(object_ref) <= 255),
    sought boolean not null default false,
    occurred_at timestamptz not null,
    status text not null default 'waiting' check (status in ('waiting', 'done', 'ignored', 'dead')),
    reason text check (char_length(reason) <= 500),
    received_at timestamptz not null default clock_timestamp(),
    done_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (provider, event_id)
);
comment on table private.webhook_events is
'Every event that a provider delivered or had for us, once. What it is about is fetched anew, so nothing of its content is kept.';
comment on column private.webhook_events.customer_ref is
'The provider''s id of the customer whom it concerns; null for what concerns none.';
comment on column private.webhook_events.sought is 'Whether it names an object and not whose that is, which the provider can be asked.';
create index webhook_events_object_ref_idx on private.webhook_events (provider, livemode, object_ref) where status = 'waiting';
create index webhook_events_customer_idx on private.webhook_events (provider, livemode, customer_ref) where status = 'waiting';
create index webhook_events_received_at_idx on private.webhook_events using brin (received_at);
create index webhook_events_status_idx on private.webhook_events (status, received_at) where status in ('waiting', 'dead');
call private.seal('private.webhook_events');
create trigger touch_updated_at before update on private.webhook_events
for each row execute function private.touch_updated_at();

-- Definer, this one and those below: the inbox and the jobs are closed to every caller.
create function private.require_livemode(live boolean) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if live is distinct from (select s.value::boolean from private.settings as s where s.name = 'billing_livemode') then
        perform private.refuse(503, 'Billing is set up for another mode. Somebody has to look at LIVE and at billing_livemode.');
    end if;
end
$$;
comment on function private.require_livemode(boolean) is
'Refuses a function whose LIVE is not the billing_livemode of this database: neither may touch rows of the other.';

create function private.refresh_customer(of_provider text, live boolean, ref text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    key constant text := format('refresh:%s:%s:%s', of_provider, live, ref);
    sent bigint;
begin
    -- The row stays locked until the end, as it is where a refresh ends: of the two, the later sees the earlier.
    update public.billing_customers as c set dirty_at = clock_timestamp()
    where c.provider = of_provider and c.livemode = live and c.provider_id = ref;
    if not found then
        return null;
    end if;
    sent := private.send_job(
        'billing.refresh', jsonb_build_object('provider', of_provider, 'livemode', live, 'customer', ref), key
    );
    if sent is null then
        -- One that was put back waits for the end of the burst, but not for ever.
        update private.jobs as j
        set run_at = least(clock_timestamp() + interval '0.5 seconds', (j.payload ->> 'by')::timestamptz)
        where j.dedupe_key = key and j.status = 'waiting' and j.token is null and j.payload ? 'by';
    end if;
    return case when sent is null then 'waiting' else 'sent' end;
end
$$;
comment on function private.refresh_customer(text, boolean, text) is
'Has a customer''s rows fetched anew, soon and once for all who ask meanwhile: sent, or waiting where a job is there already; '
'null for one that is not ours.';

create function backend.billing_receive(event jsonb, live boolean) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    fresh private.webhook_events;
begin
    perform private.require_function();
    perform private.require_livemode(live);
    insert into private.webhook_events (
        provider, event_id, livemode, type, api_version, customer_ref, object_ref, sought, occurred_at
    ) values (
        event ->> 'provider', event ->> 'id', (event ->> 'livemode')::boolean, event ->> 'type', event ->> 'api_version',
        event ->> 'customer', event ->> 'object', coalesce((event ->> 'sought')::boolean, false), (event ->> 'occurred_at')::timestamptz
    )
    on conflict do nothing returning * into fresh;
    if not found then
        return 'known';
    end if;
    return private.take_event(fresh);
end
$$;
comment on function backend.billing_receive(jsonb, boolean) is
'Keeps an event {provider, id, livemode, type, api_version, customer, object, sought, occurred_at}, and has done what it calls for: '
'sent for a job that nobody knows of yet, waiting for one that is there already, ignored, or known for a repeat.';

create function private.take_event(e private.webhook_events) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    customer constant text := coalesce(
        e.customer_ref, case when e.sought then private.owner_of_object(e.provider, e.livemode, e.object_ref) end
    );
    outcome text;
    why text;
begin
    if e.livemode <> (select s.value::boolean from private.settings as s where s.name = 'billing_livemode') then
        why := 'of the other mode';
    elsif e.type ~ '^(v1\.)?(product|price)\.' then
        perform private.send_job('billing.refresh_catalog', jsonb_build_object('provider', e.provider), 'catalog:' || e.provider);
        why := 'the catalog is compared';
    elsif customer is not null then
        if e.customer_ref is null then
            update private.webhook_events as w set customer_ref = customer
            where w.provider = e.provider and w.event_id = e.event_id;
        end if;
        outcome := private.refresh_customer(e.provider, e.livemode, customer);
        if outcome is not null then
            return outcome;
        end if;
        why := 'of a customer that is not ours';
    elsif e.sought then
        return case when private.send_job(
            'billing.find_customer',
            jsonb_build_object('provider', e.provider, 'livemode', e.livemode, 'object', e.object_ref),
            left(format('find:%s:%s:%s', e.provider, e.livemode, e.object_ref), 200)
        ) is null then 'waiting' else 'sent' end;
    else
        why := 'of no customer';
    end if;
    update private.webhook_events as w set status = 'ignored', reason = why, done_at = clock_timestamp()
    where w.provider = e.provider and w.event_id = e.event_id;
    return 'ignored';
end
$$;
comment on function private.take_event(private.webhook_events) is
'Has done what an event calls for, or notes why it calls for nothing: sent, waiting or ignored.';

grant execute on function backend.billing_receive(jsonb, boolean) to billing_writer, job_runner;
