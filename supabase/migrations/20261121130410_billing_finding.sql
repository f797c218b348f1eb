-- Whose an object is of which an event said nothing else: what we have seen of it, or what the provider answers.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: the inbox is closed to every caller.
create function private.owner_of_object(of_provider text, live boolean, object text) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select c.provider_id from public.billing_customers as c
        where c.provider = of_provider and c.livemode = live and c.org_id in (
            select s.org_id from public.subscriptions as s
            where s.provider = of_provider and s.livemode = live and s.provider_id = object
            union all
            select i.org_id from public.invoices as i
            where i.provider = of_provider and i.livemode = live and i.provider_id = object
        )
    );
end
$$;
comment on function private.owner_of_object(text, boolean, text) is 'Whose a subscription or an invoice is that we have seen; else null.';

create function backend.billing_owner(of_provider text, live boolean, object text) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    return private.owner_of_object(of_provider, live, object);
end
$$;
comment on function backend.billing_owner(text, boolean, text) is 'The customer whose subscription or invoice this is, if we have seen it.';

create function backend.billing_found(of_provider text, live boolean, object text, customer text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    waiting private.webhook_events;
    taken integer := 0;
begin
    perform private.require_function();
    for waiting in
        -- What is not anybody's is taken as what it is then: of no customer.
        update private.webhook_events as w set customer_ref = customer, sought = false
        where w.provider = of_provider and w.livemode = live and w.object_ref = object and w.status = 'waiting' and w.sought
        returning w.*
    loop
        perform private.take_event(waiting);
        taken := taken + 1;
    end loop;
    return taken;
end
$$;
comment on function backend.billing_found(text, boolean, text, text) is
'Says whose an object is, null for nobody''s, and takes the events that waited to know: how many.';
grant execute on function
backend.billing_owner(text, boolean, text), backend.billing_found(text, boolean, text, text)
to job_runner;
