-- Telling the provider of usage, each use once, and in time for the invoice of its period.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: usage, jobs and the mirror are closed to who calls them.
create function backend.jobs_take_usage(most integer default 100) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    taken jsonb;
begin
    perform private.require_function();
    perform pg_advisory_xact_lock(hashtextextended('private.usage_deliveries', 0));
    with due as (
        select d.event_id as id from private.usage_deliveries as d
        -- Told within the last ten minutes: another worker may be at it. A day later, its name would be new again.
        where d.ended_at is null
            and (d.begun_at is null or d.begun_at between now() - interval '23 hours' and now() - interval '10 minutes')
        order by d.event_id
        limit least(greatest(most, 1), 1000)
    ), begun as (
        update private.usage_deliveries as d set begun_at = clock_timestamp()
        from due where d.event_id = due.id and d.begun_at is null
    )
    select coalesce(jsonb_agg(jsonb_build_object(
        'id', e.id, 'customer', c.provider_id, 'meter', e.meter, 'quantity', e.quantity, 'provider', e.provider, 'livemode', e.livemode,
        'identifier', encode(sha256(convert_to(e.org_id || '/' || e.identifier, 'utf8')), 'hex'),
        'occurred_at', extract(epoch from e.occurred_at)::bigint
    ) order by e.id), '[]') into taken
    from due
    inner join private.usage_events as e on e.id = due.id
    inner join public.billing_customers as c on c.org_id = e.org_id and c.provider = e.provider and c.livemode = e.livemode;
    return taken;
end
$$;
comment on function backend.jobs_take_usage(integer) is
'Uses that the provider is to be told of: [{id, customer, meter, quantity, provider, livemode, identifier, occurred_at}].';

create function backend.jobs_end_usage(event bigint, problem text default null) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    update private.usage_deliveries as d set ended_at = clock_timestamp(), problem = left(jobs_end_usage.problem, 500)
    where d.event_id = event and d.ended_at is null;
    return found;
end
$$;
comment on function backend.jobs_end_usage(bigint, text) is 'Notes that the provider has counted a use, or why it never will.';

create function private.flush_usage() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.send_job('billing.flush_usage', '{}', 'flush-usage');
    return null;
end
$$;
comment on function private.flush_usage() is 'Trigger of the inbox: before a period is billed, all that was used in it is told.';
create trigger flush_usage after insert on private.webhook_events
for each row when (new.type in ('invoice.upcoming', 'invoice.created', 'customer.subscription.deleted'))
execute function private.flush_usage();
grant execute on function backend.jobs_take_usage(integer), backend.jobs_end_usage(bigint, text) to job_runner;
insert into private.schedules (name, cron, kind) values ('flush-usage', '*/15 * * * *', 'billing.flush_usage');
