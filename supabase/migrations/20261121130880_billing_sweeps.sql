-- The provider keeps its events for 30 days: those that never came are fetched, with a cursor that survives whoever sweeps.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.billing_sweeps (
    provider text not null check (provider ~ '^[a-z]{2,20}$'),
    livemode boolean not null,
    swept_until timestamptz,
    began_at timestamptz,
    page_after text check (char_length(page_after) between 1 and 255),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (provider, livemode)
);
comment on table private.billing_sweeps is 'How far the provider''s events were looked through.';
comment on column private.billing_sweeps.swept_until is 'Every event up to then was looked at.';
comment on column private.billing_sweeps.began_at is 'When the sweep began that is under way, if one is.';
comment on column private.billing_sweeps.page_after is 'The last event that it looked at: it goes from the newest to the oldest.';
call private.seal('private.billing_sweeps');
create trigger touch_updated_at before update on private.billing_sweeps
for each row execute function private.touch_updated_at();

-- Definer, this one and those below: sweeps and the inbox are closed to every caller.
create function backend.jobs_begin_sweep(of_provider text, live boolean) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    perform private.require_livemode(live);
    insert into private.billing_sweeps as s (provider, livemode, began_at) values (of_provider, live, clock_timestamp())
    -- One that stopped in the middle goes on where it was, unless that is so long ago that its place is lost.
    on conflict (provider, livemode) do update set
        page_after = case when s.began_at > now() - interval '1 day' then s.page_after end,
        began_at = case when s.began_at > now() - interval '1 day' then s.began_at else clock_timestamp() end;
    return (
        select jsonb_build_object(
            -- Events may be listed late: an hour is looked at twice.
            'since', greatest(coalesce(s.swept_until, '-infinity') - interval '1 hour', now() - interval '30 days'),
            -- What is younger may be on its way.
            'until', s.began_at - interval '10 minutes',
            'after', s.page_after
        )
        from private.billing_sweeps as s where s.provider = of_provider and s.livemode = live
    );
end
$$;
comment on function backend.jobs_begin_sweep(text, boolean) is
'{since, until, after}: which events are to be looked at, and after which one, where a sweep was stopped.';

create function backend.jobs_sweep(of_provider text, live boolean, events jsonb, after text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    event jsonb;
    missing integer := 0;
begin
    perform private.require_function();
    for event in select e.value from jsonb_array_elements(events) as e loop
        if backend.billing_receive(event, live) <> 'known' then
            missing := missing + 1;
            perform private.note_finding('missing_event', (
                select c.org_id from public.billing_customers as c
                where c.provider = of_provider and c.livemode = live and c.provider_id = event ->> 'customer'
            ), event ->> 'id', jsonb_build_object('type', event ->> 'type'), true);
        end if;
    end loop;
    update private.billing_sweeps as s set page_after = jobs_sweep.after where s.provider = of_provider and s.livemode = live;
    return missing;
end
$$;
comment on function backend.jobs_sweep(text, boolean, jsonb, text) is
'Takes those of these events that never came, and notes how far the sweep is: how many they were.';

create function backend.jobs_end_sweep(of_provider text, live boolean) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    update private.billing_sweeps as s
    set swept_until = s.began_at - interval '10 minutes', began_at = null, page_after = null
    where s.provider = of_provider and s.livemode = live and s.began_at is not null;
    return found;
end
$$;
comment on function backend.jobs_end_sweep(text, boolean) is 'Notes that every event was looked at; false where no sweep was under way.';
grant execute on function
backend.jobs_begin_sweep(text, boolean), backend.jobs_sweep(text, boolean, jsonb, text), backend.jobs_end_sweep(text, boolean)
to job_runner;
insert into private.schedules (name, cron, kind) values ('sweep-events', '37 * * * *', 'billing.sweep');
