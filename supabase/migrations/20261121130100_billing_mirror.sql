-- The mirror of what a payment provider knows of our customers. Only backend.billing_write changes it.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table public.billing_customers (
    org_id uuid not null references public.organizations on delete cascade,
    provider text not null check (provider ~ '^[a-z]{2,20}$'),
    livemode boolean not null,
    provider_id text check (char_length(provider_id) between 1 and 255),
    dirty_at timestamptz,
    fetched_from timestamptz,
    card_expires_on date,
    deleted_at timestamptz,
    unknown_since timestamptz,
    unknown_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (org_id, provider, livemode),
    unique (provider, livemode, provider_id)
);
comment on table public.billing_customers is
'One customer of each organization, provider and mode. The row is there before the provider is asked for the customer.';
comment on column public.billing_customers.dirty_at is 'When an event last said that something changed; null before the first.';
comment on column public.billing_customers.fetched_from is
'The database''s clock just before the present rows of this customer were fetched: they are no older. Older ones are not written.';

comment on column public.billing_customers.unknown_since is
'Since when the provider says that it never had this customer, as after a change of accounts; null while it has them.';
comment on column public.billing_customers.unknown_at is 'When the provider last said so.';

create table public.subscriptions (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null,
    provider text not null,
    livemode boolean not null,
    provider_id text not null check (char_length(provider_id) between 1 and 255),
    price_id uuid references public.prices,
    status text not null check (status ~ '^[a-z_]{1,40}$'),
    quantity integer not null default 1 check (quantity >= 0),
    -- squawk-ignore ban-char-field
    currency char(3) not null check (currency ~ '^[a-z]{3}$'),
    amount bigint not null check (amount >= 0),
    recurring_interval text not null,
    interval_count integer not null default 1,
    current_period_start timestamptz not null,
    current_period_end timestamptz not null,
    cancel_at_period_end boolean not null default false,
    cancel_at timestamptz,
    canceled_at timestamptz,
    ended_at timestamptz,
    trial_end timestamptz,
    past_due_since timestamptz,
    started_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    foreign key (org_id, provider, livemode) references public.billing_customers on delete cascade,
    unique (provider, livemode, provider_id)
);
comment on table public.subscriptions is
'What an organization subscribes to, as the provider last said. A status that we do not know gives nothing.';
comment on column public.subscriptions.amount is
'Of one period, all items and seats together, before tax and discounts, in the smallest unit.';
comment on column public.subscriptions.past_due_since is 'Since when it was seen as past due, without a break.';
comment on column public.subscriptions.started_at is 'When it began at the provider.';
create index subscriptions_customer_idx on public.subscriptions (org_id, provider, livemode);
create index subscriptions_org_id_status_idx on public.subscriptions (org_id, status);
create index subscriptions_price_id_idx on public.subscriptions (price_id);

create table public.subscription_items (
    subscription_id uuid not null references public.subscriptions on delete cascade,
    provider_id text not null check (char_length(provider_id) between 1 and 255),
    price_id uuid references public.prices,
    quantity integer not null default 1 check (quantity >= 0),
    current_period_start timestamptz not null,
    current_period_end timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (subscription_id, provider_id)
);
comment on table public.subscription_items is 'The lines of a subscription: each has its own period, and its price its own product.';
create index subscription_items_price_id_idx on public.subscription_items (price_id);

create table public.invoices (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null,
    provider text not null,
    livemode boolean not null,
    provider_id text not null check (char_length(provider_id) between 1 and 255),
    subscription_ref text,
    number text check (char_length(number) <= 100),
    status text not null check (status ~ '^[a-z_]{1,40}$'),
    reason text not null default 'unknown' check (reason ~ '^[a-z_]{1,60}$'),
    -- squawk-ignore ban-char-field
    currency char(3) not null check (currency ~ '^[a-z]{3}$'),
    total bigint not null,
    tax bigint not null default 0,
    amount_due bigint not null,
    amount_paid bigint not null,
    amount_refunded bigint not null default 0 check (amount_refunded >= 0),
    disputed boolean not null default false,
    attempts integer not null default 0,
    attempted_at timestamptz,
    next_attempt_at timestamptz,
    needs_action boolean not null default false,
    period_start timestamptz not null,
    period_end timestamptz not null,
    issued_at timestamptz not null,
    paid_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    foreign key (org_id, provider, livemode) references public.billing_customers on delete cascade,
    unique (provider, livemode, provider_id)
);
comment on table public.invoices is
'Invoices as the provider last said. Their pages and PDFs are asked for when they are wanted: links run out.';
comment on column public.invoices.needs_action is 'The bank wants to see the buyer: their invoice''s page asks for it.';
create index invoices_customer_idx on public.invoices (org_id, provider, livemode, issued_at desc);

call private.close('public.billing_customers');
call private.close('public.subscriptions');
call private.close('public.subscription_items');
call private.close('public.invoices');
alter table public.billing_customers enable row level security;
alter table public.billing_customers force row level security;
alter table public.subscriptions enable row level security;
alter table public.subscriptions force row level security;
alter table public.subscription_items enable row level security;
alter table public.subscription_items force row level security;
alter table public.invoices enable row level security;
alter table public.invoices force row level security;
create trigger touch_updated_at before update on public.billing_customers
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.subscriptions
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.subscription_items
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.invoices
for each row execute function private.touch_updated_at();
call private.audit('public.subscriptions', 'org_id', 'id');
call private.audit('public.invoices', 'org_id', 'id');
