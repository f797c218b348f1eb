-- The catalog as the provider says it is: what is sold no more is sold no more here, and prices made by hand are known.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: the catalog is closed to every caller.
create function private.write_products(of_provider text, live boolean, fetched_from timestamptz, told jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update public.products as p set name = t.name, description = t.description, active = t.active
    from (
        select s.provider_id, left(s.name, 250) as name, left(s.description, 1000) as description, s.active
        from jsonb_to_recordset(told) as s (provider_id text, name text, description text, active boolean)
    ) as t
    where p.provider = of_provider and p.livemode = live and p.provider_id = t.provider_id and p.updated_at < fetched_from
        and (p.name, p.description, p.active) is distinct from (t.name, t.description, t.active);
    -- What we sell is said in the catalog file alone: here it can only end.
    update public.prices as c set sellable = false
    from jsonb_to_recordset(told) as t (provider_id text, prices jsonb)
    inner join public.products as p on p.provider = of_provider and p.livemode = live and p.provider_id = t.provider_id
    where c.product_id = p.id and c.sellable and c.updated_at < fetched_from and not exists (
        select from jsonb_to_recordset(t.prices) as s (provider_id text, lookup_key text, active boolean)
        where s.provider_id = c.provider_id and s.active and s.lookup_key = c.lookup_key and p.active
    );
end
$$;
comment on function private.write_products(text, boolean, timestamptz, jsonb) is
'Writes what was said of our products, and ends what is sold no more. What was changed here after it was asked stays.';

create function backend.jobs_begin_catalog() returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    return clock_timestamp();
end
$$;
comment on function backend.jobs_begin_catalog() is 'The database''s clock, asked just before the provider is asked for the catalog.';

create function backend.jobs_write_catalog(of_provider text, live boolean, fetched_from timestamptz, told jsonb) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    found_prices integer;
begin
    perform private.require_function();
    perform private.require_livemode(live);
    perform private.write_products(of_provider, live, fetched_from, told);
    insert into public.prices (
        product_id, provider, livemode, provider_id, currency, unit_amount, recurring_interval, interval_count
    )
    select p.id, of_provider, live, s.provider_id, s.currency, s.unit_amount, s.recurring_interval, s.interval_count
    from jsonb_to_recordset(told) as t (provider_id text, prices jsonb)
    inner join public.products as p on p.provider = of_provider and p.livemode = live and p.provider_id = t.provider_id
    cross join jsonb_to_recordset(t.prices) as s (
        provider_id text, currency text, unit_amount bigint, recurring_interval text, interval_count integer
    )
    on conflict do nothing;
    get diagnostics found_prices = row_count;
    if found_prices > 0 then
        -- Who pays a price that we did not know has what its product gives, from now on.
        perform private.refresh_customer(c.provider, c.livemode, c.provider_id)
        from public.billing_customers as c
        where c.provider = of_provider and c.livemode = live and exists (
            select from public.subscriptions as s
            inner join public.subscription_items as i on i.subscription_id = s.id
            where s.org_id = c.org_id and s.provider = c.provider and s.livemode = c.livemode and i.price_id is null
        );
    end if;
    return found_prices;
end
$$;
comment on function backend.jobs_write_catalog(text, boolean, timestamptz, jsonb) is
'Writes [{provider_id, name, description, active, prices: [{provider_id, lookup_key, active, currency, unit_amount, '
'recurring_interval, interval_count}]}] '
'of products that are ours: how many prices were not known. None becomes sellable, and a repeat changes nothing.';
grant execute on function backend.jobs_begin_catalog(), backend.jobs_write_catalog(text, boolean, timestamptz, jsonb) to job_runner;

insert into private.schedules (name, cron, kind) values ('refresh-catalog', '7 * * * *', 'billing.refresh_catalog');
