-- What a customer is told by mail follows from their rows, once for each cause, however often these are written.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

insert into private.settings (name, value, description) values
('billing_mail_days', '3', 'How old a cause may be that is still told of: what is found later, as in a first comparison, is not.');

create function private.billing_causes(customer public.billing_customers) returns table (kind text, cause text, payload jsonb) -- noqa: LT01
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    since constant timestamptz := (
        select now() - make_interval(days => s.value::integer) from private.settings as s where s.name = 'billing_mail_days'
    );
begin
    return query
    select 'mail.receipt', i.provider_id, jsonb_build_object('invoice_id', i.id)
    from public.invoices as i
    where i.org_id = customer.org_id and i.provider = customer.provider and i.livemode = customer.livemode
        and i.status = 'paid' and i.amount_paid > 0 and i.paid_at > since
    union all
    select 'mail.payment_failed', format('%s:%s', i.provider_id, i.attempts), jsonb_build_object('invoice_id', i.id)
    from public.invoices as i
    where i.org_id = customer.org_id and i.provider = customer.provider and i.livemode = customer.livemode
        and i.status = 'open' and i.attempts > 0 and not i.needs_action and i.attempted_at > since
    union all
    select 'mail.payment_action', format('%s:%s', i.provider_id, i.attempts), jsonb_build_object('invoice_id', i.id)
    from public.invoices as i
    where i.org_id = customer.org_id and i.provider = customer.provider and i.livemode = customer.livemode
        and i.status = 'open' and i.needs_action and i.attempted_at > since
    union all
    select 'mail.trial_ending', format('%s:%s', s.provider_id, extract(epoch from s.trial_end)::bigint),
        jsonb_build_object('subscription_id', s.id)
    from public.subscriptions as s
    where s.org_id = customer.org_id and s.provider = customer.provider and s.livemode = customer.livemode
        and s.status = 'trialing' and s.trial_end between now() and now() + interval '3 days'
    union all
    select 'mail.subscription_canceled', s.provider_id, jsonb_build_object('subscription_id', s.id)
    from public.subscriptions as s
    where s.org_id = customer.org_id and s.provider = customer.provider and s.livemode = customer.livemode
        and s.status = 'canceled' and s.ended_at > since
    union all
    select 'mail.card_expiring', to_char(customer.card_expires_on, 'YYYY-MM'), jsonb_build_object('provider', customer.provider)
    where customer.card_expires_on between now()::date and now()::date + 30
        and exists (
            select from public.subscriptions as s
            where s.org_id = customer.org_id and s.provider = customer.provider and s.livemode = customer.livemode
                and s.status in ('active', 'trialing', 'past_due') and not s.cancel_at_period_end
        );
end
$$;
comment on function private.billing_causes(public.billing_customers) is
'What there is to be told to a customer now: kind, cause and payload.';

create function private.send_billing_mail(customer public.billing_customers) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    sent integer;
begin
    insert into private.outbox (kind, dedupe_key, payload)
    select c.kind, left(format('%s:%s:%s:%s', c.kind, customer.provider, customer.org_id, c.cause), 200),
        c.payload || jsonb_build_object('org_id', customer.org_id)
    from private.billing_causes(customer) as c
    on conflict do nothing;
    get diagnostics sent = row_count;
    return sent;
end
$$;
comment on function private.send_billing_mail(public.billing_customers) is
'Writes the outbox rows of what there is to be told; what was told already is not told again. Answers how many.';

create function backend.jobs_tell_customers() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    return (
        select coalesce(sum(private.send_billing_mail(c)), 0)
        from public.billing_customers as c
        where c.card_expires_on between now()::date and now()::date + 30
            or exists (
                select from public.subscriptions as s
                where s.org_id = c.org_id and s.provider = c.provider and s.livemode = c.livemode
                    and s.status = 'trialing' and s.trial_end between now() and now() + interval '3 days'
            )
    );
end
$$;
comment on function backend.jobs_tell_customers() is
'Mails what comes due by the clock: trials and cards that end soon. A repeat sends nothing again.';
grant execute on function backend.jobs_tell_customers() to job_runner;
insert into private.schedules (name, cron, kind) values ('tell-customers', '20 * * * *', 'billing.tell_customers');
