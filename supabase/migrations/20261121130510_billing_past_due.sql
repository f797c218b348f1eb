-- Since when somebody owes: grace begins when a payment failed, and not when we heard of it.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: the mirror is closed to every caller but its readers.
create function private.date_past_due(customer public.billing_customers) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update public.subscriptions as s set past_due_since = failed.since
    from (
        select i.subscription_ref, max(i.issued_at) as since from public.invoices as i
        where i.org_id = customer.org_id and i.provider = customer.provider and i.livemode = customer.livemode
            and i.status = 'open' and i.attempts > 0
        group by i.subscription_ref
    ) as failed
    where s.org_id = customer.org_id and s.provider = customer.provider and s.livemode = customer.livemode
        and s.provider_id = failed.subscription_ref and s.past_due_since > failed.since;
end
$$;
comment on function private.date_past_due(public.billing_customers) is
'Dates what is past due from the invoice that was not paid, however late we heard of it.';
