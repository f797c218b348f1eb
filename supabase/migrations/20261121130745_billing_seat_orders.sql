-- Asking for more seats or fewer. The provider hears of it through the outbox.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: seats, orders and the mirror are closed to who calls them.
create function backend.billing_order_seats(org uuid, live boolean, quantity integer) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := private.billed_org(org, 'billing:write');
    present constant public.subscriptions := private.live_subscription(mine, live);
    ordered uuid;
begin
    perform private.require_function();
    perform private.selling(live);
    if present.status not in ('active', 'trialing') or present.status is null then
        perform private.refuse(409, 'Seats can be changed while a subscription is active or in its trial.');
    elsif not exists (select from public.prices as p where p.id = present.price_id and p.per_seat) then
        perform private.refuse(409, 'This subscription has no seats. Choose a price by seat: POST /billing/subscription/preview.');
    elsif quantity < 1 or quantity > 10000 then
        perform private.refuse(400, 'So many cannot be bought.', '[{"field": "quantity", "problem": "Choose between 1 and 10000."}]');
    end if;
    perform private.lock_seats(mine);
    -- An order takes the place of another; a change of plan has to end first.
    if (private.seat_order(mine)).holds_until < 'infinity' then
        perform private.refuse(409, 'This subscription is being changed. Try again in a moment.');
    end if;
    ordered := private.hold_seats(mine, present.id, quantity, 'infinity');
    insert into private.outbox (kind, dedupe_key, payload)
    values ('billing.push_seats', 'seats:' || ordered, jsonb_build_object('org_id', mine, 'livemode', live, 'order', ordered));
    return private.seats_of(mine);
end
$$;
comment on function backend.billing_order_seats(uuid, boolean, integer) is
'Asks for so many seats; the provider is told by a job. 409 below the seats in use. For who has billing:write.';

create function backend.jobs_seat_order(outbox_id uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    told jsonb;
begin
    perform private.require_function();
    told := (
        select jsonb_build_object(
            'org_id', r.org_id, 'order', r.id, 'quantity', r.quantity, 'provider', s.provider, 'livemode', s.livemode,
            'subscription', s.provider_id, 'item', i.provider_id, 'customer', c.provider_id
        )
        from private.outbox as o
        -- What a change of plan holds is no order.
        inner join private.seat_orders as r on r.org_id = (o.payload ->> 'org_id')::uuid and r.holds_until = 'infinity'
        inner join private.live_subscription(r.org_id, (o.payload ->> 'livemode')::boolean) as s on s.id = r.subscription_id
        inner join public.billing_customers as c
            on (c.org_id, c.provider, c.livemode) = (s.org_id, s.provider, s.livemode)
        inner join public.subscription_items as i on i.subscription_id = s.id
        inner join public.prices as p on p.id = i.price_id
        where o.id = outbox_id and p.per_seat
        limit 1
    );
    if told is null then
        perform private.drop_seat_order(outbox_id);
    end if;
    return told;
end
$$;
comment on function backend.jobs_seat_order(uuid) is
'What the provider is to be told of an organization''s seats: {org_id, order, quantity, provider, livemode, subscription, item, customer}; '
'null where there is nothing left to tell, and then no order binds any more.';

create function private.drop_seat_order(outbox_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update private.seat_orders as r set holds_until = now()
    from private.outbox as o
    where o.id = outbox_id and r.id = (o.payload ->> 'order')::uuid and r.holds_until = 'infinity';
end
$$;
comment on function private.drop_seat_order(uuid) is
'Ends an order that is never told, and not the one that took its place: what is paid for counts again.';

create function private.note_dead_order() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.drop_seat_order((new.payload ->> 'outbox_id')::uuid);
    return null;
end
$$;
comment on function private.note_dead_order() is 'Trigger of jobs: an order that is given up binds nobody.';
create trigger note_dead_order after update of status on private.jobs
for each row when (new.status = 'dead' and new.kind = 'billing.push_seats') execute function private.note_dead_order();

create function backend.jobs_settle_seats(org uuid, "order" uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    update private.seat_orders as o set holds_until = least(o.holds_until, now()) where o.org_id = org and o.id = jobs_settle_seats.order;
    return found;
end
$$;
comment on function backend.jobs_settle_seats(uuid, uuid) is
'Notes that the provider has this order; false where another was given meanwhile, which is then to be told.';
grant execute on function backend.billing_order_seats(uuid, boolean, integer) to billing_writer;
grant execute on function backend.jobs_seat_order(uuid), backend.jobs_settle_seats(uuid, uuid) to job_runner;
