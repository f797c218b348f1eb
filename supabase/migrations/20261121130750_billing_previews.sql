-- Changes of plan: what was shown is kept under a token for ten minutes, and that, once, and nothing else, is what can be done.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.plan_previews (
    digest bytea primary key check (octet_length(digest) = 32),
    org_id uuid not null references public.organizations on delete cascade,
    subscription_id uuid not null references public.subscriptions on delete cascade,
    price_id uuid not null references public.prices,
    quantity integer not null check (quantity >= 1),
    former_price_id uuid references public.prices,
    former_quantity integer not null,
    proration_at timestamptz not null,
    ends_trial boolean not null,
    amount_due bigint not null,
    total bigint not null,
    currency text not null check (currency ~ '^[a-z]{3}$'),
    expires_at timestamptz not null default now() + interval '10 minutes',
    used_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.plan_previews is
'What somebody was shown that a change of plan would cost. The token itself is not kept.';
comment on column private.plan_previews.digest is 'SHA-256 of the token.';
comment on column private.plan_previews.ends_trial is
'Whether a trial ends with it: what is sold without one is paid for from the first day.';
comment on column private.plan_previews.total is 'As amount_due, before what the customer has in credit.';
comment on column private.plan_previews.proration_at is
'The moment from which the change counts: the same in what was shown and in what is done.';
create index plan_previews_org_id_idx on private.plan_previews (org_id);
create index plan_previews_subscription_id_idx on private.plan_previews (subscription_id);
create index plan_previews_price_id_idx on private.plan_previews (price_id);
create index plan_previews_former_price_id_idx on private.plan_previews (former_price_id);
create index plan_previews_expires_at_idx on private.plan_previews (expires_at);
call private.seal('private.plan_previews');
create trigger touch_updated_at before update on private.plan_previews
for each row execute function private.touch_updated_at();

-- Definer, this one and those below: previews and the mirror are closed to who calls them.
create function private.changeable(org uuid, live boolean) returns public.subscriptions
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    present constant public.subscriptions := private.live_subscription(org, live);
begin
    if present.id is null then
        perform private.refuse(409, 'There is no subscription to be changed. Begin with POST /billing/checkout.');
    elsif present.status not in ('active', 'trialing') then
        perform private.refuse(409, format('A subscription that is %s cannot change its plan. %s', present.status, case present.status
            when 'paused' then 'Resume it first: POST /billing/subscription/resume.'
            else 'Pay what is due first: GET /billing/invoices, or POST /billing/portal.'
        end));
    elsif present.cancel_at_period_end or present.cancel_at is not null then
        perform private.refuse(409, 'This subscription is going to end. Undo that first: POST /billing/subscription/undo-cancel.');
    elsif (select count(*) from public.subscription_items as i where i.subscription_id = present.id) <> 1 then
        perform private.refuse(409, 'This subscription has several parts. Change it in the portal: POST /billing/portal.');
    end if;
    return present;
end
$$;
comment on function private.changeable(uuid, boolean) is
'The subscription of an organization whose plan can be changed; 409 for any other.';

create function backend.billing_prepare_change(org uuid, live boolean, price text, lookup text, quantity integer) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := private.billed_org(org, 'billing:write');
    sold constant public.prices := private.sold_price(price, lookup, private.selling(live), live);
    present constant public.subscriptions := private.changeable(mine, live);
    wanted constant integer := coalesce(quantity, case when sold.per_seat then greatest(present.quantity, 1) else 1 end);
begin
    perform private.require_function();
    perform private.check_quantity(sold, wanted, mine);
    if present.price_id = sold.id and present.quantity = wanted then
        perform private.refuse(409, 'The subscription is as you want it already.');
    elsif present.currency <> sold.currency or present.provider <> sold.provider then
        perform private.refuse(409, 'A subscription keeps its currency. Choose a price in the same one.');
    end if;
    return (
        select jsonb_build_object(
            'org_id', mine, 'subscription_id', present.id, 'subscription', present.provider_id, 'item', i.provider_id,
            'customer', c.provider_id, 'price_id', sold.id, 'price', sold.provider_id, 'quantity', wanted,
            'ends_trial', present.status = 'trialing' and sold.trial_days = 0,
            -- In the period, whatever the provider's clock and ours say of each other.
            'proration_at', extract(epoch from date_trunc('second', greatest(
                i.current_period_start, least(now(), i.current_period_end - interval '1 second')
            )))::bigint
        )
        from public.subscription_items as i
        inner join public.billing_customers as c
            on c.org_id = mine and c.provider = present.provider and c.livemode = present.livemode
        where i.subscription_id = present.id
    );
end
$$;
comment on function backend.billing_prepare_change(uuid, boolean, text, text, integer) is
'{org_id, subscription_id, subscription, item, customer, price_id, price, quantity, ends_trial, proration_at} '
'of a change that may be made. '
'Without a quantity the present one stays.';

create function backend.billing_keep_preview(
    live boolean, terms jsonb, token_digest text, due bigint, in_all bigint, in_currency text
) returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    kept private.plan_previews;
    present constant public.subscriptions := private.changeable(private.billed_org((terms ->> 'org_id')::uuid, 'billing:write'), live);
begin
    perform private.require_function();
    delete from private.plan_previews as p where p.org_id = present.org_id and p.expires_at < now() - interval '1 day';
    insert into private.plan_previews (
        digest, org_id, subscription_id, price_id, quantity, former_price_id, former_quantity, proration_at, ends_trial,
        amount_due, total, currency
    ) values (
        decode(token_digest, 'hex'), present.org_id, present.id, (terms ->> 'price_id')::uuid, (terms ->> 'quantity')::integer,
        present.price_id, present.quantity, to_timestamp((terms ->> 'proration_at')::bigint),
        (terms ->> 'ends_trial')::boolean, due, in_all, in_currency
    ) returning * into kept;
    return kept.expires_at;
end
$$;
comment on function backend.billing_keep_preview(boolean, jsonb, text, bigint, bigint, text) is
'Keeps what was shown under the digest of its token, in hex: until when it can be done.';
grant execute on function
backend.billing_prepare_change(uuid, boolean, text, text, integer),
backend.billing_keep_preview(boolean, jsonb, text, bigint, bigint, text)
to billing_writer;
