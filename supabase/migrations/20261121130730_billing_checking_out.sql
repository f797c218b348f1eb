-- A checkout, in order: prepared here, the customer named, earlier sessions closed, the session made by the provider and noted here.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: checkouts and the mirror are closed to who calls them.
create function private.check_quantity(price public.prices, quantity integer, org uuid) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    used constant integer := private.seats_used(org);
begin
    if quantity < 1 or quantity > 10000 or (quantity <> 1 and not price.per_seat) then
        perform private.refuse(400, 'So many cannot be bought.', jsonb_build_array(jsonb_build_object('field', 'quantity', 'problem', case
            when price.per_seat then 'Choose between 1 and 10000.' else 'This price is not by seat: leave it out.'
        end)));
    elsif price.per_seat and quantity < used then
        perform private.refuse(409, format('%s seats are in use. Release some first, or buy as many.', used));
    elsif not price.per_seat and used > 0 then
        perform private.refuse(409, format('%s seats are in use, and this price has none. Release them first.', used));
    end if;
end
$$;
comment on function private.check_quantity(public.prices, integer, uuid) is
'Refuses a quantity that a price is not sold in (400), and one below the seats in use (409).';

create function backend.billing_prepare_checkout(org uuid, live boolean, price text, lookup text, quantity integer) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := private.billed_org(org, 'billing:write');
    seller constant text := private.selling(live);
    sold constant public.prices := private.sold_price(price, lookup, seller, live);
    customer public.billing_customers;
    checkout private.checkouts;
begin
    perform private.require_function();
    perform private.check_quantity(sold, quantity, mine);
    -- The organization first, in the order in which it is deleted.
    perform from public.organizations as o where o.id = mine for key share;
    insert into public.billing_customers (org_id, provider, livemode) values (mine, seller, live) on conflict do nothing;
    select c.* into customer from public.billing_customers as c
    where c.org_id = mine and c.provider = seller and c.livemode = live
    for no key update;
    if (private.live_subscription(mine, live)).id is not null then
        perform private.refuse(
            409, 'This organization has a subscription already. Change it by /billing/subscription, or in the portal: POST /billing/portal.'
        );
    end if;
    update private.checkouts as c set status = 'superseded'
    where c.org_id = mine and c.provider = seller and c.livemode = live and c.status = 'open' and c.session_ref is null;
    insert into private.checkouts (org_id, provider, livemode, price_id, quantity)
    values (mine, seller, live, sold.id, billing_prepare_checkout.quantity) returning * into checkout;
    update private.checkouts as c set trial_days = private.claim_trial(checkout, sold.trial_days)
    where c.id = checkout.id returning c.* into checkout;
    return jsonb_build_object(
        'checkout', checkout.id, 'org_id', mine, 'provider', seller, 'price', sold.provider_id, 'quantity', checkout.quantity,
        'trial_days', checkout.trial_days, 'former', customer.provider_id,
        'customer', case when num_nonnulls(customer.deleted_at, customer.unknown_since) = 0 then customer.provider_id end,
        'name', (select o.name from public.organizations as o where o.id = mine),
        'earlier', (
            select coalesce(jsonb_agg(c.session_ref), '[]') from private.checkouts as c
            where c.org_id = mine and c.provider = seller and c.livemode = live and c.status = 'open' and c.session_ref is not null
        )
    );
end
$$;
comment on function backend.billing_prepare_checkout(uuid, boolean, text, text, integer) is
'{checkout, org_id, provider, customer, former, name, price, quantity, trial_days, earlier} for who may buy what is sold '
'and has nothing yet. '
'`earlier` are the sessions to be closed first; without a customer, one is to be named in the place of `former`.';

create function backend.billing_name_customer(org uuid, live boolean, former text, ref text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := private.billed_org(org, 'billing:write');
    seller constant text := private.selling(live);
begin
    perform private.require_function();
    update public.billing_customers as c
    set provider_id = ref, deleted_at = null, unknown_since = null, fetched_from = null, dirty_at = null, card_expires_on = null
    where c.org_id = mine and c.provider = seller and c.livemode = live and c.provider_id is not distinct from former
        and (
            c.provider_id is null
            or num_nonnulls(c.deleted_at, c.unknown_since) > 0 and (private.live_subscription(mine, live)).id is null
        );
    if found and former is not null then
        -- What the former one subscribed to is nothing that the new one has.
        update public.subscriptions as s
        set status = 'canceled', canceled_at = coalesce(s.canceled_at, now()), ended_at = coalesce(s.ended_at, now()), past_due_since = null
        where s.org_id = mine and s.provider = seller and s.livemode = live and s.status not in ('canceled', 'incomplete_expired');
    end if;
    return (
        select c.provider_id from public.billing_customers as c
        where c.org_id = mine and c.provider = seller and c.livemode = live
    );
end
$$;
comment on function backend.billing_name_customer(uuid, boolean, text, text) is
'Names the provider''s customer of an organization in the place of `former`; who comes second is told the first one''s.';

create function backend.billing_note_session(checkout uuid, live boolean, ref text, ends_at timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    noted private.checkouts;
begin
    perform private.require_function();
    select c.* into noted from private.checkouts as c where c.id = checkout and c.livemode = live;
    if not found then
        perform private.refuse(404, 'No such checkout.');
    end if;
    perform private.billed_org(noted.org_id, 'billing:write');
    perform from public.billing_customers as c
    where c.org_id = noted.org_id and c.provider = noted.provider and c.livemode = live
    for no key update;
    if (private.live_subscription(noted.org_id, live)).id is not null then
        update private.checkouts as c set status = 'superseded' where c.id = checkout and c.status = 'open';
    end if;
    update private.checkouts as c set session_ref = ref, expires_at = ends_at where c.id = checkout returning c.* into noted;
    return noted.status = 'open';
end
$$;
comment on function backend.billing_note_session(uuid, boolean, text, timestamptz) is
'Notes the session of a checkout; false where another one was begun meanwhile, or paid: then this session must be closed unseen.';

create function backend.billing_close_checkout(live boolean, ref text, outcome text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    update private.checkouts as c set status = outcome
    where c.provider = private.selling(live) and c.livemode = live and c.session_ref = ref and c.status in ('open', 'superseded')
        and c.org_id in (select private.orgs_with('billing:write'));
    return found;
end
$$;
comment on function backend.billing_close_checkout(boolean, text, text) is
'Notes that a session can no longer be paid: complete or expired.';
grant execute on function
backend.billing_prepare_checkout(uuid, boolean, text, text, integer), backend.billing_name_customer(uuid, boolean, text, text),
backend.billing_note_session(uuid, boolean, text, timestamptz), backend.billing_close_checkout(boolean, text, text)
to billing_writer;
