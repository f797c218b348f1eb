-- Rules over several rows of billing that must hold; they are looked at on schedule, and in tests after every history.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and that below: they read what is closed to every caller.
create function private.billing_violations() returns table (kind text, org_id uuid, subject text) -- noqa: LT01
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select 'two_live_subscriptions', s.org_id, s.org_id::text
    from public.subscriptions as s
    where s.status in ('active', 'trialing', 'past_due') and s.livemode = private.billing_mode()
    group by s.org_id having count(*) > 1
    union all
    select 'active_past_its_period', s.org_id, s.provider_id
    from public.subscriptions as s
    where s.status in ('active', 'trialing') and s.livemode = private.billing_mode()
        -- Renewals take an hour, and their events may be late.
        and exists (select from public.subscription_items as i where i.subscription_id = s.id)
        and not exists (
            select from public.subscription_items as i
            where i.subscription_id = s.id and i.current_period_end > now() - interval '1 day'
        )
    union all
    select 'entitlement_without_source', k.org_id, k.org_id::text
    from private.known_plans as k
    where k.updated_at < now() - interval '15 minutes'
        and k.plan <> (select p.plan from private.plans as p order by p.rank limit 1)
        and not exists (
            select from private.plan_sources(k.org_id) as s where s.plan = k.plan and s.until > now() - interval '15 minutes'
        )
    union all
    select 'unknown_to_the_provider', c.org_id, c.provider_id
    from public.billing_customers as c
    where c.unknown_since is not null and c.livemode = private.billing_mode()
    union all
    -- Whose organization is gone, and who pays still.
    select 'customer_not_ended', null, o.payload ->> 'customer'
    from private.jobs as j
    inner join private.outbox as o on o.id = (j.payload ->> 'outbox_id')::uuid
    where j.kind = 'billing.end_customer' and j.status in ('waiting', 'dead') and j.created_at < now() - interval '1 hour'
    union all
    select 'customer_mapped_twice', null, c.provider || ' ' || c.provider_id
    from public.billing_customers as c
    where c.provider_id is not null
    group by c.provider, c.provider_id having count(*) > 1;
end
$$;
comment on function private.billing_violations() is 'What does not hold now: kind, organization and what it is about.';

create function private.billing_mode() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (select s.value::boolean from private.settings as s where s.name = 'billing_livemode');
end
$$;
comment on function private.billing_mode() is 'Whether this database bills for real: the livemode of the rows that count.';

-- Definer: findings are closed to every caller.
create function backend.jobs_check_billing() returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    fresh integer;
    over integer;
begin
    perform private.require_function();
    select count(*) filter (where private.note_finding(v.kind, v.org_id, v.subject, '{}', false)) into fresh
    from private.billing_violations() as v;
    update private.billing_findings as f set ended_at = clock_timestamp()
    where f.ended_at is null and not exists (
        select from private.billing_violations() as v where v.kind = f.kind and v.subject = f.subject
    );
    get diagnostics over = row_count;
    -- Of all jobs, this one is never given up: somebody's card is charged.
    update private.jobs as j set status = 'waiting', token = null, attempts = 0, run_at = clock_timestamp(), finished_at = null
    where j.kind = 'billing.end_customer' and j.status = 'dead';
    return jsonb_build_object('found', fresh, 'ended', over);
end
$$;
comment on function backend.jobs_check_billing() is 'Notes rules that have stopped to hold and those that hold again: {found, ended}. '
'Takes up again who is to be ended at the provider.';
grant execute on function backend.jobs_check_billing() to job_runner;
insert into private.schedules (name, cron, kind) values ('check-billing', '*/15 * * * *', 'billing.check');
