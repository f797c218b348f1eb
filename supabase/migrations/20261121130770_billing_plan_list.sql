-- What is sold, as a pricing page shows it.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer: plans and settings are closed to who calls it.
create function private.shown_prices(product uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', p.id, 'lookup_key', p.lookup_key, 'currency', p.currency, 'unit_amount', p.unit_amount,
            'recurring_interval', p.recurring_interval, 'interval_count', p.interval_count,
            'trial_days', p.trial_days, 'per_seat', p.per_seat
        ) order by p.currency, p.unit_amount, p.id), '[]')
        from public.prices as p where p.product_id = product and p.sellable
    );
end
$$;
comment on function private.shown_prices(uuid) is 'The prices at which a product is sold now, the lowest first; none of no product.';

-- Definer: as above.
create function backend.billing_plans(live boolean) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    seller constant text := private.selling(live);
begin
    perform private.require_function();
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'plan', p.plan, 'name', coalesce(g.name, initcap(p.plan)), 'description', g.description,
            'prices', private.shown_prices(g.id),
            'features', (
                select coalesce(jsonb_agg(distinct f.feature order by f.feature), '[]')
                from public.plan_features as f where private.plan_includes(p.plan, f.plan)
            ),
            'limits', (
                select coalesce(jsonb_object_agg(l.name, l.quantity), '{}')
                from (
                    select distinct on (l.name) l.name, l.quantity
                    from public.plan_limits as l inner join private.plans as r on r.plan = l.plan
                    where private.plan_includes(p.plan, l.plan)
                    order by l.name, r.rank desc
                ) as l
            ),
            'requests_per_hour', (select l.quantity from private.limits as l where l.plan = p.plan and l.period = interval '1 hour')
        ) order by p.rank, g.position, g.key), '[]')
        from private.plans as p
        left join public.products as g on g.plan = p.plan and g.provider = seller and g.livemode = live and g.active
    );
end
$$;
comment on function backend.billing_plans(boolean) is
'[{plan, name, description, prices, features, limits, requests_per_hour}], from the least plan to the most; '
'a feature of a plan is one of those above it.';
grant execute on function backend.billing_plans(boolean) to billing_writer;
