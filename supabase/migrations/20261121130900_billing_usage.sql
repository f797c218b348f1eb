-- Usage: what customers used of what is paid for by the piece, kept here first and told to the provider once.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.meters (
    meter text primary key check (meter ~ '^[a-z][a-z0-9_]{0,62}$'),
    description text not null check (char_length(description) between 1 and 500),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.meters is 'What is counted, each under the event name of the provider''s meter. Changed by operators only.';

create table private.usage_events (
    id bigint generated always as identity primary key,
    org_id uuid not null,
    provider text not null,
    livemode boolean not null,
    meter text not null references private.meters,
    quantity bigint not null check (quantity between 1 and 1000000000000),
    identifier text not null check (identifier ~ '^[A-Za-z0-9_.:/=+-]{1,100}$'),
    occurred_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    foreign key (org_id, provider, livemode) references public.billing_customers on delete cascade,
    unique (org_id, livemode, identifier)
);
comment on table private.usage_events is 'One row per use, named by who counts it, and never changed: what has one name is counted once.';
create index usage_events_customer_idx on private.usage_events (org_id, provider, livemode);
create index usage_events_meter_idx on private.usage_events (meter);

create table private.usage_deliveries (
    event_id bigint primary key references private.usage_events on delete cascade,
    begun_at timestamptz,
    ended_at timestamptz,
    problem text check (char_length(problem) <= 500),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.usage_deliveries is
'One row per use, for what became of telling the provider. One that was begun and not ended is told again, under its name, '
'within a day; after that nobody knows.';
create index usage_deliveries_owed_idx on private.usage_deliveries (event_id) where ended_at is null;

call private.seal('private.meters');
call private.seal('private.usage_events');
call private.seal('private.usage_deliveries');
create trigger touch_updated_at before update on private.meters
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.usage_events
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.usage_deliveries
for each row execute function private.touch_updated_at();
create trigger refuse_change before update on private.usage_events
for each row execute function private.refuse_change();
call private.audit('private.meters', 'none', 'meter');

-- Definer, this one and that below: usage and the mirror are closed to who calls them.
create function private.owe_usage() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into private.usage_deliveries (event_id) select n.id from new_rows as n;
    return null;
end
$$;
comment on function private.owe_usage() is
'Trigger of usage_events: what is counted here is to be told, and is found without looking at what was.';
create trigger owe_usage after insert on private.usage_events
referencing new table as new_rows for each statement execute function private.owe_usage();

create function backend.billing_record_usage(
    org uuid, live boolean, counted text, quantity bigint, identifier text, occurred_at timestamptz default null
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := private.billed_org(org, 'billing:write');
    seller constant text := private.selling(live);
    moment constant timestamptz := coalesce(occurred_at, now());
    kept private.usage_events;
begin
    perform private.require_function();
    if not exists (select from private.meters as m where m.meter = counted) then
        perform private.refuse(400, 'Nothing is counted under this name.', '[{"field": "meter", "problem": "Choose one that is counted here."}]');
    elsif moment < now() - interval '34 days' or moment > now() + interval '5 minutes' then
        perform private.refuse(400, 'This was used too long ago, or is still to come.', '[{"field": "occurredAt", "problem": "Choose a time of the last 34 days."}]');
    elsif (private.live_subscription(mine, live)).id is null then
        perform private.refuse(409, 'There is no subscription on which this could be billed. Begin with POST /billing/checkout.');
    end if;
    insert into private.usage_events (org_id, provider, livemode, meter, quantity, identifier, occurred_at)
    values (mine, seller, live, counted, billing_record_usage.quantity, billing_record_usage.identifier, moment)
    on conflict do nothing returning * into kept;
    if found then
        return to_jsonb(kept) || '{"repeated": false}';
    end if;
    select e.* into kept from private.usage_events as e
    where e.org_id = mine and e.livemode = live and e.identifier = billing_record_usage.identifier;
    if (kept.meter, kept.quantity) <> (counted, billing_record_usage.quantity) then
        perform private.refuse(409, 'Another use was counted under this identifier. Name each use once.');
    end if;
    return to_jsonb(kept) || '{"repeated": true}';
end
$$;
comment on function backend.billing_record_usage(uuid, boolean, text, bigint, text, timestamptz) is
'Counts a use under its identifier, once: {…, repeated}. 409 where that names another use, or where nobody pays. '
'For who has billing:write.';
grant execute on function backend.billing_record_usage(uuid, boolean, text, bigint, text, timestamptz) to billing_writer;
