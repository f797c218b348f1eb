-- What mail of billing says, looked up when it is sent: of what has been settled since, nothing is said any more.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create function private.money(amount bigint, currency text) returns text
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select case
        when currency in (
            'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf'
        ) then to_char(amount, 'FM999,999,999,999,990')
        when currency in ('bhd', 'jod', 'kwd', 'omr', 'tnd') then to_char(amount / 1000::numeric, 'FM999,999,999,990.000')
        -- ISK and UGX too: they have no cents, and are sent with two zeros (https://docs.stripe.com/currencies).
        else to_char(amount / 100::numeric, 'FM999,999,999,990.00')
    end || ' ' || upper(currency)
$$;
comment on function private.money(bigint, text) is
'An amount in the smallest unit of its currency, as people read it: 1,900.00 USD, 1,900 JPY.';

-- Definer, this one and those below: they read addresses and customers' tables.
create function private.addresses_of_payers(org uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(jsonb_agg(distinct told.address), '[]')
        from (
            select private.address_of(m.user_id) as address
            from public.memberships as m
            inner join private.role_permissions as p on p.role = m.role and p.permission = 'billing:write'
            where m.org_id = org order by m.created_at limit 50
        ) as told
        where told.address is not null
    );
end
$$;
comment on function private.addresses_of_payers(uuid) is 'Who is told of what an organization pays: those who may change it.';

create function private.mail_of_invoice(effect private.outbox) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select jsonb_build_object('to', private.addresses_of_payers(i.org_id), 'values', jsonb_build_object(
            'organization', o.name, 'number', coalesce(i.number, 'without a number'),
            'amount', private.money(case when effect.kind = 'mail.receipt' then i.amount_paid else i.amount_due end, i.currency),
            'at', private.spelled(coalesce(i.paid_at, i.attempted_at, i.issued_at)),
            'next', case
                when i.next_attempt_at is null then 'It is not tried again by itself.'
                else 'It is tried again on ' || private.spelled(i.next_attempt_at) || '.'
            end
        ))
        from public.invoices as i
        inner join public.organizations as o on o.id = i.org_id
        where i.id = (effect.payload ->> 'invoice_id')::uuid
            and (effect.kind, i.status) in (('mail.receipt', 'paid'), ('mail.payment_action', 'open'), ('mail.payment_failed', 'open'))
            and (i.status = 'paid' or i.needs_action = (effect.kind = 'mail.payment_action'))
    );
end
$$;
comment on function private.mail_of_invoice(private.outbox) is
'The mail of a payment that came, failed or waits for its buyer; null for one that is settled by now.';

create function private.mail_of_subscription(effect private.outbox) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select jsonb_build_object('to', private.addresses_of_payers(s.org_id), 'values', jsonb_build_object(
            'organization', o.name, 'plan', coalesce(d.name, 'Subscription'),
            'amount', private.money(s.amount, s.currency),
            'every', case s.interval_count when 1 then s.recurring_interval else s.interval_count || ' ' || s.recurring_interval || 's' end,
            'at', private.spelled(case effect.kind when 'mail.trial_ending' then s.trial_end else s.ended_at end),
            'then', case
                when s.cancel_at_period_end or s.cancel_at is not null then 'It ends then, and nothing is to be paid.'
                else 'It goes on then, and the first payment is taken.'
            end
        ))
        from public.subscriptions as s
        inner join public.organizations as o on o.id = s.org_id
        left join public.prices as p on p.id = s.price_id
        left join public.products as d on d.id = p.product_id
        where s.id = (effect.payload ->> 'subscription_id')::uuid
            and (effect.kind, s.status) in (('mail.trial_ending', 'trialing'), ('mail.subscription_canceled', 'canceled'))
            and (s.status = 'canceled' or s.trial_end > now())
    );
end
$$;
comment on function private.mail_of_subscription(private.outbox) is
'The mail of a trial that ends soon or a subscription that ended; null for another by now.';

create function private.mail_of_card(effect private.outbox) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select jsonb_build_object('to', private.addresses_of_payers(c.org_id), 'values', jsonb_build_object(
            'organization', o.name, 'ends', to_char(c.card_expires_on, 'FMMonth YYYY')
        ))
        from public.billing_customers as c
        inner join public.organizations as o on o.id = c.org_id
        where c.org_id = (effect.payload ->> 'org_id')::uuid and c.provider = effect.payload ->> 'provider'
            and c.card_expires_on between now()::date and now()::date + 30
            and c.livemode = (select s.value::boolean from private.settings as s where s.name = 'billing_livemode')
    );
end
$$;
comment on function private.mail_of_card(private.outbox) is 'The mail of a card that expires soon; null where another one pays by now.';

create or replace function backend.outbox_mail(outbox_id uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    effect private.outbox;
    mail jsonb;
begin
    perform private.require_function('core');
    select o.* into effect from private.outbox as o where o.id = outbox_mail.outbox_id;
    mail := case
        when effect.kind = 'mail.invitation' then private.mail_of_invitation(effect)
        when effect.kind in ('mail.key_made', 'mail.key_expiring', 'mail.key_leaked') then private.mail_of_key(effect)
        when effect.kind = 'mail.keys_made' then private.mail_of_keys(effect)
        when effect.kind in ('mail.account_erased', 'mail.new_device') then private.mail_of_person(effect)
        when effect.kind = 'mail.error_report' then private.mail_of_error(effect)
        when effect.kind = 'mail.errors_more' then jsonb_build_object(
            'to', private.addresses_of_staff(), 'values', jsonb_build_object('at', private.spelled(effect.created_at))
        )
        when effect.kind in ('mail.receipt', 'mail.payment_failed', 'mail.payment_action') then private.mail_of_invoice(effect)
        when effect.kind in ('mail.trial_ending', 'mail.subscription_canceled') then private.mail_of_subscription(effect)
        when effect.kind = 'mail.card_expiring' then private.mail_of_card(effect)
    end;
    return mail || jsonb_build_object(
        'template', split_part(effect.kind, '.', 2), 'essential', private.mail_category(effect.kind) is null
    );
end
$$;
