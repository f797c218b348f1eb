-- What is measured of billing, how it is, and how long its traces are kept.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- squawk-ignore require-concurrent-index-creation
create index invoices_paid_at_idx on public.invoices (paid_at) where status = 'paid';

-- Definer, this one and those below: what they read is closed to every caller.
create or replace function private.revenue_figures(since timestamptz, until timestamptz) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(jsonb_object_agg(r.currency, r.amount), '{}') from (
            select i.currency, sum(i.amount_paid - i.amount_refunded) as amount
            from public.invoices as i
            where i.livemode = private.billing_mode() and i.status = 'paid' and i.paid_at >= since and i.paid_at < until
            group by i.currency
        ) as r
    );
end
$$;
comment on function private.revenue_figures(timestamptz, timestamptz) is
'{currency: minor units} of what was paid from one moment until before another, and not given back.';

create or replace function private.business_figures() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return jsonb_build_object(
        'sign_ups', (select count(*) from public.profiles as p where p.created_at > now() - interval '30 days'),
        'api_keys_created', (select count(*) from public.api_keys as k where k.created_at > now() - interval '30 days'),
        'active_subscriptions', (
            select count(*) from public.subscriptions as s
            where s.livemode = private.billing_mode() and s.status in ('active', 'trialing', 'past_due')
        ),
        'billing_events', (select count(*) from private.webhook_events as w where w.received_at > now() - interval '30 days'),
        'billing_drift', (
            select count(*) from private.billing_findings as f
            where f.kind in ('drift', 'missing_event') and f.found_at > now() - interval '30 days'
        ),
        'billing_violations', (select count(*) from private.billing_findings as f where f.ended_at is null),
        'revenue', private.revenue_figures(now() - interval '30 days', 'infinity')
    );
end
$$;
comment on function private.business_figures() is
'{sign_ups, api_keys_created, active_subscriptions, billing_events, billing_drift, billing_violations, revenue} of the last 30 days, '
'or of now.';

create or replace function private.inbox_figures() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select jsonb_build_object(
            'waiting', count(*) filter (where w.status = 'waiting'),
            'oldest_waiting_seconds',
            coalesce(round(extract(epoch from now() - min(w.received_at) filter (where w.status = 'waiting')), 3), 0),
            'failed', count(*) filter (where w.status = 'dead')
        )
        from private.webhook_events as w where w.status in ('waiting', 'dead')
    );
end
$$;
comment on function private.inbox_figures() is
'{waiting, oldest_waiting_seconds, failed}: events from outside that nobody has applied, since when, and those given up.';

create function backend.health_billing() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    return jsonb_build_object(
        'configured', exists (select from public.products as p where p.livemode = private.billing_mode() and p.active),
        'livemode', private.billing_mode(),
        'behind_seconds', (
            select coalesce(round(extract(epoch from now() - min(c.dirty_at)), 3), 0) from public.billing_customers as c
            where c.dirty_at > coalesce(c.fetched_from, '-infinity')
        ),
        'violations', (select count(*) from private.billing_findings as f where f.ended_at is null)
    );
end
$$;
comment on function backend.health_billing() is
'{configured, livemode, behind_seconds, violations}: since when somebody changed whom the provider was not asked about, '
'and rules that do not hold.';
grant execute on function backend.health_billing() to observer;

create function backend.jobs_prune_billing(most integer) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    events integer;
    findings integer;
    checkouts integer;
    previews integer;
begin
    perform private.require_function();
    -- Longer than the provider lists them, or the sweep would take them for missing.
    delete from private.webhook_events as w where w.ctid = any(array(
        select old.ctid from private.webhook_events as old
        where old.received_at < now() - case when old.status in ('done', 'ignored') then interval '45 days' else interval '180 days' end
        limit most for update skip locked
    ));
    get diagnostics events = row_count;
    delete from private.billing_findings as f where f.ctid = any(array(
        select old.ctid from private.billing_findings as old
        where old.ended_at < now() - interval '1 year' limit most for update skip locked
    ));
    get diagnostics findings = row_count;
    -- A session lives for a day.
    delete from private.checkouts as c where c.ctid = any(array(
        select old.ctid from private.checkouts as old
        where old.created_at < now() - interval '90 days' limit most for update skip locked
    ));
    get diagnostics checkouts = row_count;
    delete from private.plan_previews as p where p.ctid = any(array(
        select old.ctid from private.plan_previews as old
        where old.expires_at < now() - interval '1 day' limit most for update skip locked
    ));
    get diagnostics previews = row_count;
    return jsonb_build_object('events', events, 'findings', findings, 'checkouts', checkouts, 'previews', previews);
end
$$;
comment on function backend.jobs_prune_billing(integer) is
'Deletes events 45 days after they were done, those given up after 180, findings a year after their end, checkouts after 90 days '
'and previews a day after their end, so many of each at most.';
grant execute on function backend.jobs_prune_billing(integer) to job_runner;
insert into private.schedules (name, cron, kind) values ('prune-billing', '51 4 * * *', 'billing.prune');
