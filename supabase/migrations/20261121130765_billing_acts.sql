-- What else is done to a subscription: who may, in which state, and with which trace.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.act_allowed(act text, present public.subscriptions) returns boolean
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select case
        when act = 'cancel' then present.status in ('active', 'trialing', 'past_due')
        when act = 'undo_cancel' then present.status in ('active', 'trialing', 'past_due')
        when act = 'pause' then present.status in ('active', 'trialing')
        when act = 'resume' then present.status = 'paused'
    end
$$;
comment on function private.act_allowed(text, public.subscriptions) is
'Whether a subscription in this state can be treated so.';

create function private.act_done(act text, present public.subscriptions) returns boolean
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select case
        when act = 'cancel' then present.cancel_at_period_end or present.cancel_at <= present.current_period_end
        when act = 'undo_cancel' then not present.cancel_at_period_end and present.cancel_at is null
        when act = 'pause' then present.status = 'paused'
        when act = 'resume' then present.status = 'active'
    end
$$;
comment on function private.act_done(text, public.subscriptions) is
'Whether nothing is left to be done: a repeat answers as the first did.';

-- Definer, this one and the next: the mirror is closed to who calls them.
create function backend.billing_prepare_act(org uuid, live boolean, act text, reason jsonb default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := private.billed_org(org, 'billing:write');
    present constant public.subscriptions := private.live_subscription(mine, live);
    done constant boolean := coalesce(private.act_done(act, present), false);
begin
    perform private.require_function();
    perform private.selling(live);
    if present.id is null then
        perform private.refuse(404, 'There is no subscription here. Begin with POST /billing/checkout.');
    elsif not done and private.act_allowed(act, present) is not true then
        perform private.refuse(409, format('This cannot be done to a subscription that is %s.', present.status));
    elsif not done then
        perform private.record('subscription.' || act, mine, present.id::text, null, reason - 'comment');
    end if;
    return (
        select jsonb_build_object(
            'org_id', mine, 'provider', present.provider, 'subscription', present.provider_id, 'customer', c.provider_id, 'done', done,
            'at_period_end', present.cancel_at_period_end
        )
        from public.billing_customers as c
        where c.org_id = mine and c.provider = present.provider and c.livemode = present.livemode
    );
end
$$;
comment on function backend.billing_prepare_act(uuid, boolean, text, jsonb) is
'{org_id, provider, subscription, customer, done, at_period_end} '
'for cancel, undo_cancel, pause or resume, if the caller may and the state allows it.';

create function backend.billing_customer(org uuid, live boolean) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := private.billed_org(org, 'billing:write');
    seller constant text := private.selling(live);
begin
    perform private.require_function();
    return (
        select jsonb_build_object(
            'org_id', mine, 'provider', seller, 'customer', c.provider_id,
            'subscription', (private.live_subscription(mine, live)).provider_id
        )
        from public.billing_customers as c
        where c.org_id = mine and c.provider = seller and c.livemode = live and c.provider_id is not null and c.deleted_at is null
    );
end
$$;
comment on function backend.billing_customer(uuid, boolean) is
'{org_id, provider, customer, subscription} of an organization in which the caller has billing:write; null where it is no customer.';
grant execute on function
backend.billing_prepare_act(uuid, boolean, text, jsonb), backend.billing_customer(uuid, boolean)
to billing_writer;
