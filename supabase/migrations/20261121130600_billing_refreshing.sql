-- Ending a refresh: the rows are written, the events that led to it are done, and what came meanwhile is not forgotten.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.lock_billed(of_provider text, live boolean, ref text) returns void
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    perform from public.organizations as o
    where o.id = (
        select c.org_id from public.billing_customers as c
        where c.provider = of_provider and c.livemode = live and c.provider_id = ref
    )
    for key share;
end
$$;
comment on function private.lock_billed(text, boolean, text) is
'Keeps a customer''s organization for the transaction, before anything of the customer is locked: in this order both are deleted.';

-- Definer, this one and those below: they write what is closed to every caller.
create function backend.billing_write(of_provider text, live boolean, ref text, fetched_from timestamptz, state jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    customer public.billing_customers;
    mailed integer;
begin
    perform private.require_function();
    perform private.lock_billed(of_provider, live, ref);
    select c.* into customer from public.billing_customers as c
    where c.provider = of_provider and c.livemode = live and c.provider_id = ref
    for no key update;
    if not found then
        return null;
    end if;
    if customer.fetched_from >= fetched_from then
        return jsonb_build_object('written', false, 'dirty', coalesce(customer.dirty_at > customer.fetched_from, false), 'mailed', 0);
    end if;
    perform private.write_subscriptions(customer, fetched_from, state -> 'subscriptions');
    perform private.write_items(customer, state -> 'subscriptions');
    perform private.write_invoices(customer, state -> 'invoices');
    perform private.date_past_due(customer);
    update public.billing_customers as c
    set fetched_from = billing_write.fetched_from, card_expires_on = (state ->> 'card_expires_on')::date, unknown_since = null,
        deleted_at = case when (state ->> 'deleted')::boolean then coalesce(c.deleted_at, billing_write.fetched_from) end
    where c.org_id = customer.org_id and c.provider = of_provider and c.livemode = live
    returning c.* into customer;
    update private.webhook_events as w set status = 'done', reason = null, done_at = clock_timestamp()
    where w.provider = of_provider and w.livemode = live and w.customer_ref = ref and w.status in ('waiting', 'dead')
        and w.received_at <= billing_write.fetched_from;
    perform private.announce_plan(customer.org_id);
    mailed := private.send_billing_mail(customer);
    return jsonb_build_object(
        'written', true, 'dirty', coalesce(customer.dirty_at > billing_write.fetched_from, false), 'mailed', mailed
    );
end
$$;
comment on function backend.billing_write(text, boolean, text, timestamptz, jsonb) is
'Writes {deleted, card_expires_on, subscriptions, invoices} of a customer as fetched since that moment: '
'{written, dirty, mailed}, or null for one that is not ours. '
'Not written is what was fetched earlier than what is there; dirty is who changed meanwhile. A repeat writes the same.';

create function backend.jobs_end_refresh(job bigint, lease uuid, of_provider text, live boolean, ref text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    dirty boolean;
    moment timestamptz;
begin
    perform private.require_function();
    -- Locked as private.refresh_customer locks it: an event that comes now waits, and then sends another job or finds this one.
    select c.dirty_at > c.fetched_from into dirty from public.billing_customers as c
    where c.provider = of_provider and c.livemode = live and c.provider_id = ref
    for no key update;
    if not found then
        update private.webhook_events as w set status = 'ignored', reason = 'of a customer that is not ours', done_at = clock_timestamp()
        where w.provider = of_provider and w.livemode = live and w.customer_ref = ref and w.status = 'waiting';
    end if;
    if coalesce(dirty, false) then
        moment := clock_timestamp();
        update private.jobs as j
        set token = null, attempts = 0, run_at = moment + interval '0.5 seconds',
            payload = j.payload || jsonb_build_object('by', moment + interval '5 seconds')
        where j.id = job and j.token = lease and j.status = 'waiting';
    else
        perform backend.jobs_archive(job, lease);
    end if;
    return coalesce(dirty, false);
end
$$;
comment on function backend.jobs_end_refresh(bigint, uuid, text, boolean, text) is
'Ends the job of a refresh, or puts it back where the customer changed meanwhile: until nothing came for half a second, '
'and for five at most; tells which.';
grant execute on function
backend.billing_begin(text, boolean, text), backend.billing_write(text, boolean, text, timestamptz, jsonb)
to billing_writer, job_runner;
grant execute on function backend.jobs_end_refresh(bigint, uuid, text, boolean, text) to job_runner;

create function private.customer_gone() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into private.outbox (kind, dedupe_key, payload)
    select 'billing.end_customer', format('end-customer:%s:%s:%s', o.provider, o.livemode, o.provider_id),
        jsonb_build_object('provider', o.provider, 'livemode', o.livemode, 'customer', o.provider_id)
    from old_rows as o where o.provider_id is not null
    on conflict do nothing;
    return null;
end
$$;
comment on function private.customer_gone() is
'Trigger of billing_customers: an organization that is deleted must not go on paying, so its customer ends at the provider, too.';
create trigger customer_gone after delete on public.billing_customers
referencing old table as old_rows
for each statement execute function private.customer_gone();
