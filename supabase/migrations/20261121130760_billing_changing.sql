-- Doing what was shown, once, if nothing has changed since.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: previews and the mirror are closed to who calls them.
create function backend.billing_use_preview(live boolean, token_digest text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    shown private.plan_previews;
    present public.subscriptions;
    sold public.prices;
    held uuid;
begin
    perform private.require_function();
    select p.* into shown from private.plan_previews as p
    where p.digest = decode(token_digest, 'hex') and p.org_id in (select private.orgs_with('billing:write'))
    for update;
    if not found then
        perform private.refuse(404, 'No such preview. Ask for one: POST /billing/subscription/preview.');
    elsif shown.used_at is not null or shown.expires_at <= now() then
        perform private.refuse(409, 'This preview was used, or is older than 10 minutes. Ask for another one.');
    end if;
    present := private.changeable(shown.org_id, live);
    select p.* into sold from public.prices as p
    inner join public.products as g on g.id = p.product_id
    where p.id = shown.price_id and p.sellable and g.active;
    if present.id <> shown.subscription_id or present.price_id is distinct from shown.former_price_id
        or present.quantity <> shown.former_quantity
        or sold.id is null
    then
        perform private.refuse(409, 'The subscription or the price has changed since. Ask for another preview.');
    end if;
    perform private.lock_seats(shown.org_id);
    if (private.seat_order(shown.org_id)).id is not null then
        perform private.refuse(409, 'This subscription is being changed, or its seats are. Try again in a moment.');
    end if;
    perform private.check_quantity(sold, shown.quantity, shown.org_id);
    update private.plan_previews as p set used_at = now() where p.digest = shown.digest;
    -- Until the change is made, there is no other one, and nobody is given a seat that goes with it.
    held := private.hold_seats(
        shown.org_id, present.id, case when sold.per_seat then shown.quantity else 0 end, now() + interval '5 minutes'
    );
    perform private.record(
        'subscription.change', shown.org_id, present.id::text,
        jsonb_build_object('price_id', shown.former_price_id, 'quantity', shown.former_quantity),
        jsonb_build_object('price_id', shown.price_id, 'quantity', shown.quantity, 'amount_due', shown.amount_due)
    );
    return (
        select jsonb_build_object(
            'org_id', shown.org_id, 'provider', present.provider, 'subscription', present.provider_id, 'item', i.provider_id,
            'customer', c.provider_id, 'price', sold.provider_id, 'quantity', shown.quantity, 'order', held,
            'proration_at', extract(epoch from shown.proration_at)::bigint, 'ends_trial', shown.ends_trial,
            'amount_due', shown.amount_due, 'total', shown.total, 'currency', shown.currency
        )
        from public.subscription_items as i
        inner join public.billing_customers as c
            on c.org_id = shown.org_id and c.provider = present.provider and c.livemode = present.livemode
        where i.subscription_id = present.id
    );
end
$$;
comment on function backend.billing_use_preview(boolean, text) is
'Uses a preview up and answers what is to be done, and what it is to cost. 404 for another organization''s, '
'409 for one that is used, old, or of a subscription that has changed since.';

create function backend.billing_release_hold(org uuid, held uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    update private.seat_orders as o set holds_until = now()
    where o.org_id = private.billed_org(org, 'billing:write') and o.id = held and o.holds_until < 'infinity';
    return found;
end
$$;
comment on function backend.billing_release_hold(uuid, uuid) is
'Ends what a change kept the seats to, once the mirror shows how it ended.';

grant execute on function backend.billing_use_preview(boolean, text), backend.billing_release_hold(uuid, uuid) to billing_writer;
