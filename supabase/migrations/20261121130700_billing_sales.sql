-- Selling: whom a request is for, what may be sold to them, and what they have. Checked here, whichever function asks.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

insert into private.settings (name, value, description) values
('billing_provider', '"stripe"', 'Through whom new subscriptions are sold; rows of the others stay as they are.');
insert into private.limits (name, spent_by, quantity, period, plan, route) values
('billing', 'caller', 30, '1 minute', null, null);

-- Definer, this one and those below: settings, memberships and the mirror are closed to who calls them.
create function private.selling(live boolean) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_livemode(live);
    return (select s.value #>> '{}' from private.settings as s where s.name = 'billing_provider');
end
$$;
comment on function private.selling(boolean) is
'The provider through whom is sold. Refuses loudly a function that bills in another mode than the database.';

create function private.billed_org(org uuid, wanted text) returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant jsonb := private.claims();
    mine uuid := org;
begin
    if claims ->> 'role' = 'integrator' then
        mine := coalesce(org, (claims ->> 'org_id')::uuid);
    elsif org is null then
        select o.id into mine from public.organizations as o where o.personal_of = private.me();
    end if;
    if mine in (select private.orgs_with(wanted)) then
        return mine;
    elsif claims ->> 'role' = 'integrator' and mine = (claims ->> 'org_id')::uuid
        or exists (select from public.memberships as m where m.org_id = mine and m.user_id = private.me())
    then
        perform private.refuse(403, format('Insufficient permissions: this needs %s in this organization.', wanted));
    end if;
    perform private.refuse(404, 'No such organization.');
end
$$;
comment on function private.billed_org(uuid, text) is
'The organization that a request is for: the one named, a key''s own, or a person''s personal one. '
'404 for one that the caller is not in, 403 for one where they lack the permission.';

create function private.sold_price(wanted text, lookup text, of_provider text, live boolean) returns public.prices
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    price public.prices;
begin
    if num_nonnulls(wanted, lookup) <> 1 then
        perform private.refuse(400, 'Say what is to be bought.', '[{"field": "priceId", "problem": "Send either priceId or lookupKey."}]');
    end if;
    select p.* into price
    from public.prices as p inner join public.products as g on g.id = p.product_id
    where p.provider = of_provider and p.livemode = live and p.sellable and g.active
        and (p.lookup_key = lookup or p.provider_id = wanted or p.id::text = wanted);
    if not found then
        perform private.refuse(400, 'This price is not sold here.', jsonb_build_array(jsonb_build_object(
            'field', case when lookup is null then 'priceId' else 'lookupKey' end,
            'problem', 'Choose a price of GET /functions/v1/billing/plans.'
        )));
    end if;
    return price;
end
$$;
comment on function private.sold_price(text, text, text, boolean) is
'The price named by our id, the provider''s id or its lookup key, if the catalog sells it now; 400 for any other.';

create function private.is_lost(customer public.billing_customers) returns boolean
language sql stable security invoker set search_path = pg_catalog, pg_temp
return customer.deleted_at is not null or coalesce(customer.unknown_at >= customer.unknown_since + interval '12 hours', false);
comment on function private.is_lost(public.billing_customers) is
'Whether nothing that this customer has can live any more: deleted, or unknown to the provider in two comparisons, a day apart. '
'Once may be a wrong key.';

create function private.live_subscription(org uuid, live boolean) returns public.subscriptions
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    newest public.subscriptions;
begin
    select s.* into newest from public.subscriptions as s
    inner join public.billing_customers as c
        on c.org_id = s.org_id and c.provider = s.provider and c.livemode = s.livemode
    where s.org_id = org and s.livemode = live and s.status not in ('canceled', 'incomplete_expired')
        and not private.is_lost(c)
    order by s.started_at desc, s.id
    limit 1;
    return newest;
end
$$;
comment on function private.live_subscription(uuid, boolean) is
'The subscription of an organization that has not ended, in whatever state; all null where there is none.';

create function private.shown_subscription(org uuid, live boolean) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select to_jsonb(s) || jsonb_build_object(
            'plan', g.plan, 'product', g.name, 'lookup_key', p.lookup_key, 'per_seat', coalesce(p.per_seat, false),
            'entitled_until', (
                select max(private.entitles_until(s, i)) from public.subscription_items as i where i.subscription_id = s.id
            )
        )
        from public.subscriptions as s
        left join public.prices as p on p.id = s.price_id
        left join public.products as g on g.id = p.product_id
        where s.org_id = org and s.livemode = live
        order by s.status in ('canceled', 'incomplete_expired'), s.started_at desc, s.id
        limit 1
    );
end
$$;
comment on function private.shown_subscription(uuid, boolean) is
'The live subscription of an organization with what it is for, else the last one that ended; null where there never was one.';

create function backend.billing_subscription(org uuid, live boolean) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := private.billed_org(org, 'billing:read');
    seller constant text := private.selling(live);
begin
    perform private.require_function();
    return jsonb_build_object('org_id', mine, 'subscription', private.shown_subscription(mine, live), 'as_of', (
        select c.fetched_from from public.billing_customers as c
        where c.org_id = mine and c.provider = seller and c.livemode = live
    ));
end
$$;
comment on function backend.billing_subscription(uuid, boolean) is
'{org_id, subscription, as_of} of an organization in which the caller has billing:read, from the mirror.';
grant execute on function backend.billing_subscription(uuid, boolean) to billing_writer;
