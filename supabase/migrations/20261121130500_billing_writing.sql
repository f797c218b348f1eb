-- Writing what was fetched of a customer: all of it in one transaction, and never over what was fetched later.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: the mirror is closed to every caller but its readers.
create function backend.billing_begin(of_provider text, live boolean, ref text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    -- The clock is read in this call, and the provider is asked after it: what comes is no older.
    return (
        select jsonb_build_object('org_id', c.org_id, 'fetched_from', clock_timestamp())
        from public.billing_customers as c
        where c.provider = of_provider and c.livemode = live and c.provider_id = ref
    );
end
$$;
comment on function backend.billing_begin(text, boolean, text) is
'{org_id, fetched_from}, asked just before the provider is; null for a customer that is not ours (any more).';

create function private.write_subscriptions(customer public.billing_customers, at timestamptz, told jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.subscriptions as s (
        org_id, provider, livemode, provider_id, price_id, status, quantity, currency, amount, recurring_interval, interval_count,
        current_period_start, current_period_end, cancel_at_period_end, cancel_at, canceled_at, ended_at, trial_end,
        past_due_since, started_at
    )
    select
        customer.org_id, customer.provider, customer.livemode, t.provider_id, p.id, t.status, t.quantity, t.currency, t.amount,
        t.recurring_interval, t.interval_count, t.current_period_start, t.current_period_end, t.cancel_at_period_end, t.cancel_at,
        t.canceled_at, t.ended_at, t.trial_end, case when t.status = 'past_due' then at end, t.started_at
    from jsonb_to_recordset(told) as t (
        provider_id text, price text, status text, quantity integer, currency text, amount bigint, recurring_interval text,
        interval_count integer, current_period_start timestamptz, current_period_end timestamptz, cancel_at_period_end boolean,
        cancel_at timestamptz, canceled_at timestamptz, ended_at timestamptz, trial_end timestamptz, started_at timestamptz
    )
    left join public.prices as p
        on p.provider = customer.provider and p.livemode = customer.livemode and p.provider_id = t.price
    on conflict (provider, livemode, provider_id) do update set
        price_id = excluded.price_id, status = excluded.status, quantity = excluded.quantity, currency = excluded.currency,
        amount = excluded.amount, recurring_interval = excluded.recurring_interval, interval_count = excluded.interval_count,
        current_period_start = excluded.current_period_start, current_period_end = excluded.current_period_end,
        cancel_at_period_end = excluded.cancel_at_period_end, cancel_at = excluded.cancel_at, canceled_at = excluded.canceled_at,
        ended_at = excluded.ended_at, trial_end = excluded.trial_end, started_at = excluded.started_at,
        past_due_since = case when excluded.status = 'past_due' then coalesce(s.past_due_since, excluded.past_due_since) end
    where s.org_id = excluded.org_id;
    -- All of them are told, those that ended too: one that is not, is gone, as after its customer was deleted.
    update public.subscriptions as s
    set status = 'canceled', canceled_at = coalesce(s.canceled_at, at), ended_at = coalesce(s.ended_at, at), past_due_since = null
    where s.org_id = customer.org_id and s.provider = customer.provider and s.livemode = customer.livemode
        and s.status not in ('canceled', 'incomplete_expired')
        and not exists (select from jsonb_to_recordset(told) as t (provider_id text) where t.provider_id = s.provider_id);
end
$$;
comment on function private.write_subscriptions(public.billing_customers, timestamptz, jsonb) is
'Writes every subscription that a customer has or had, and ends what is told no more. One that another organization has is left alone.';

create function private.write_items(customer public.billing_customers, told jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    delete from public.subscription_items as i
    using public.subscriptions as s
    where s.id = i.subscription_id and s.org_id = customer.org_id and s.provider = customer.provider
        and s.livemode = customer.livemode
        and not exists (
            select from jsonb_to_recordset(told) as t (provider_id text, items jsonb)
            cross join jsonb_to_recordset(t.items) as l (provider_id text)
            where t.provider_id = s.provider_id and l.provider_id = i.provider_id
        );
    insert into public.subscription_items as i (
        subscription_id, provider_id, price_id, quantity, current_period_start, current_period_end
    )
    select s.id, l.provider_id, p.id, l.quantity, l.current_period_start, l.current_period_end
    from jsonb_to_recordset(told) as t (provider_id text, items jsonb)
    inner join public.subscriptions as s
        on s.org_id = customer.org_id and s.provider = customer.provider and s.livemode = customer.livemode
            and s.provider_id = t.provider_id
    cross join jsonb_to_recordset(t.items) as l (
        provider_id text, price text, quantity integer, current_period_start timestamptz, current_period_end timestamptz
    )
    left join public.prices as p
        on p.provider = customer.provider and p.livemode = customer.livemode and p.provider_id = l.price
    on conflict (subscription_id, provider_id) do update set
        price_id = excluded.price_id, quantity = excluded.quantity,
        current_period_start = excluded.current_period_start, current_period_end = excluded.current_period_end;
    -- What is paid for and not known may have been made by hand: the catalog is asked, and then the customer anew.
    if exists (
        select from public.subscription_items as i
        inner join public.subscriptions as s on s.id = i.subscription_id
        where s.org_id = customer.org_id and s.provider = customer.provider and s.livemode = customer.livemode
            and i.price_id is null and s.status in ('active', 'trialing', 'past_due')
    ) then
        perform private.send_job(
            'billing.refresh_catalog', jsonb_build_object('provider', customer.provider), 'catalog:' || customer.provider
        );
    end if;
end
$$;
comment on function private.write_items(public.billing_customers, jsonb) is
'Writes the lines of a customer''s subscriptions, and forgets those that are gone.';

create function private.write_invoices(customer public.billing_customers, told jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.invoices as i (
        org_id, provider, livemode, provider_id, subscription_ref, number, status, reason, currency, total, tax, amount_due,
        amount_paid, amount_refunded, disputed, attempts, attempted_at, next_attempt_at, needs_action, period_start,
        period_end, issued_at, paid_at
    )
    select
        customer.org_id, customer.provider, customer.livemode, t.provider_id, t.subscription, t.number, t.status, t.reason,
        t.currency, t.total, t.tax, t.amount_due, t.amount_paid, t.amount_refunded, t.disputed, t.attempts, t.attempted_at,
        t.next_attempt_at, t.needs_action, t.period_start, t.period_end, t.issued_at, t.paid_at
    from jsonb_to_recordset(told) as t (
        provider_id text, subscription text, number text, status text, reason text, currency text, total bigint, tax bigint,
        amount_due bigint, amount_paid bigint, amount_refunded bigint, disputed boolean, attempts integer,
        attempted_at timestamptz, next_attempt_at timestamptz, needs_action boolean, period_start timestamptz, period_end timestamptz, issued_at timestamptz, paid_at timestamptz
    )
    on conflict (provider, livemode, provider_id) do update set
        subscription_ref = excluded.subscription_ref, number = excluded.number, status = excluded.status,
        reason = excluded.reason, total = excluded.total, tax = excluded.tax, amount_due = excluded.amount_due,
        amount_paid = excluded.amount_paid, amount_refunded = excluded.amount_refunded, disputed = excluded.disputed,
        attempts = excluded.attempts, attempted_at = excluded.attempted_at, next_attempt_at = excluded.next_attempt_at,
        needs_action = excluded.needs_action, period_start = excluded.period_start,
        period_end = excluded.period_end, issued_at = excluded.issued_at, paid_at = excluded.paid_at
    where i.org_id = excluded.org_id;
end
$$;
comment on function private.write_invoices(public.billing_customers, jsonb) is
'Writes a customer''s latest invoices; older ones stay as they are. One that another organization has is left alone.';
