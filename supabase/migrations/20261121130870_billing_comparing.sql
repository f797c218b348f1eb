-- Every customer is compared with the provider now and then: what differs without an event was lost, and is repaired.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter table public.billing_customers add column compared_at timestamptz;
comment on column public.billing_customers.compared_at is 'When it was last taken up to be compared with the provider without a cause.';

-- Definer, this one and those below: the mirror is closed to every caller but its readers.
create function private.mirror_of(customer public.billing_customers) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    hidden constant text[] := array['id', 'created_at', 'updated_at', 'subscription_id', 'past_due_since'];
begin
    return (
        select jsonb_build_object('card', c.card_expires_on, 'deleted', c.deleted_at is not null)
        from public.billing_customers as c
        where c.org_id = customer.org_id and c.provider = customer.provider and c.livemode = customer.livemode
    ) || coalesce((
        select jsonb_object_agg(s.provider_id, to_jsonb(s) - hidden || jsonb_build_object('items', (
            select jsonb_agg(to_jsonb(i) - hidden order by i.provider_id)
            from public.subscription_items as i where i.subscription_id = s.id
        )))
        from public.subscriptions as s
        where s.org_id = customer.org_id and s.provider = customer.provider and s.livemode = customer.livemode
    ), '{}') || coalesce((
        select jsonb_object_agg(i.provider_id, to_jsonb(i) - hidden)
        from public.invoices as i
        where i.org_id = customer.org_id and i.provider = customer.provider and i.livemode = customer.livemode
    ), '{}');
end
$$;
comment on function private.mirror_of(public.billing_customers) is
'What our rows say of a customer, by the provider''s ids, to be compared.';

create function backend.jobs_to_compare(of_provider text, live boolean, most integer) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    return (
        select coalesce(jsonb_agg(due.provider_id order by due.compared_at nulls first), '[]')
        from (
            select c.provider_id, c.compared_at from public.billing_customers as c
            where c.provider = of_provider and c.livemode = live and c.provider_id is not null and c.deleted_at is null
                and (c.compared_at is null or c.compared_at < now() - interval '1 day')
            order by c.compared_at nulls first
            limit least(greatest(most, 1), 1000)
        ) as due
    );
end
$$;
comment on function backend.jobs_to_compare(text, boolean, integer) is 'The customers that were not compared for a day, the longest first.';

create function backend.jobs_begin_compare(of_provider text, live boolean, ref text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    update public.billing_customers as c set compared_at = clock_timestamp()
    where c.provider = of_provider and c.livemode = live and c.provider_id = ref;
    return backend.billing_begin(of_provider, live, ref);
end
$$;
comment on function backend.jobs_begin_compare(text, boolean, text) is
'As billing_begin. However it ends, the others come before this customer does again.';

create function backend.jobs_note_unknown(of_provider text, live boolean, ref text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    update public.billing_customers as c set unknown_since = coalesce(c.unknown_since, clock_timestamp()), unknown_at = clock_timestamp()
    where c.provider = of_provider and c.livemode = live and c.provider_id = ref;
    return found;
end
$$;
comment on function backend.jobs_note_unknown(text, boolean, text) is
'Notes that the provider says that it never had this customer; false for one that is not ours. '
'A repeat keeps the first moment and notes the last.';

create function backend.jobs_compare(of_provider text, live boolean, ref text, fetched_from timestamptz, state jsonb) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    customer public.billing_customers;
    former jsonb;
    present jsonb;
    differing jsonb;
begin
    perform private.require_function();
    perform private.lock_billed(of_provider, live, ref);
    select c.* into customer from public.billing_customers as c
    where c.provider = of_provider and c.livemode = live and c.provider_id = ref
    for no key update;
    if not found then
        return null;
    end if;
    former := private.mirror_of(customer);
    perform backend.billing_write(of_provider, live, ref, fetched_from, state);
    present := private.mirror_of(customer);
    -- Whom an event is waiting for was known to differ, and who was never fetched has nothing to differ from.
    if present = former or customer.fetched_from is null or customer.dirty_at > customer.fetched_from then
        return 'same';
    end if;
    select jsonb_agg(p.key order by p.key) into differing
    from jsonb_each(present) as p where p.value is distinct from former -> p.key;
    perform private.note_finding('drift', customer.org_id, ref, jsonb_build_object('objects', differing), true);
    return 'drift';
end
$$;
comment on function backend.jobs_compare(text, boolean, text, timestamptz, jsonb) is
'Writes what was fetched of a customer and says whether our rows differed without a cause: same or drift; null for one that is not ours.';
grant execute on function
backend.jobs_to_compare(text, boolean, integer), backend.jobs_begin_compare(text, boolean, text),
backend.jobs_note_unknown(text, boolean, text), backend.jobs_compare(text, boolean, text, timestamptz, jsonb)
to job_runner;
insert into private.schedules (name, cron, kind) values ('compare-customers', '*/10 * * * *', 'billing.compare');
