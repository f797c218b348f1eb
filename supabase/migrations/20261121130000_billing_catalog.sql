-- What is sold: products and prices of a payment provider, as its mirror, and what each plan gives.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

insert into private.settings (name, value, description) values
('billing_livemode', 'false', 'Whether this database bills for real: rows of the other mode are kept apart and give nobody anything.');

create table public.products (
    id uuid primary key default gen_random_uuid(),
    provider text not null check (provider ~ '^[a-z]{2,20}$'),
    livemode boolean not null,
    provider_id text not null check (char_length(provider_id) between 1 and 255),
    key text not null check (key ~ '^[a-z][a-z0-9_]{0,62}$'),
    plan text references private.plans,
    name text not null check (char_length(name) between 1 and 250),
    description text check (char_length(description) <= 1000),
    position integer not null default 0,
    active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (provider, livemode, provider_id),
    unique (provider, livemode, key)
);
comment on table public.products is 'What can be subscribed to, as supabase/catalog.toml says and the provider holds it.';
comment on column public.products.key is 'The name of the product in the catalog file, which the provider keeps as metadata.';
create index products_plan_idx on public.products (plan);

create table public.prices (
    id uuid primary key default gen_random_uuid(),
    product_id uuid not null references public.products,
    provider text not null check (provider ~ '^[a-z]{2,20}$'),
    livemode boolean not null,
    provider_id text not null check (char_length(provider_id) between 1 and 255),
    lookup_key text check (lookup_key ~ '^[a-z][a-z0-9_]{0,62}$'),
    -- squawk-ignore ban-char-field
    currency char(3) not null check (currency ~ '^[a-z]{3}$'),
    unit_amount bigint not null check (unit_amount >= 0),
    recurring_interval text not null check (recurring_interval in ('day', 'week', 'month', 'year')),
    interval_count integer not null default 1 check (interval_count between 1 and 1095),
    trial_days integer not null default 0 check (trial_days between 0 and 730),
    per_seat boolean not null default false,
    sellable boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (provider, livemode, provider_id)
);
comment on table public.prices is
'What products cost. Only what the catalog sells today is sellable; the others are kept for who pays them still.';
comment on column public.prices.unit_amount is 'In the smallest unit of the currency (ISO 4217): cents, or whole yen.';
comment on column public.prices.lookup_key is 'The name of the price in the catalog file; of several with one name, one is sellable.';
create index prices_product_id_idx on public.prices (product_id);
create unique index prices_lookup_key_idx on public.prices (provider, livemode, lookup_key) where sellable;

create table public.plan_features (
    plan text not null references private.plans,
    feature text not null check (feature ~ '^[a-z][a-z0-9_]{0,62}$'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (plan, feature)
);
comment on table public.plan_features is 'What a plan includes, beside what those of lower rank include.';
create index plan_features_feature_idx on public.plan_features (feature);

create table public.plan_limits (
    plan text not null references private.plans,
    name text not null check (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    quantity bigint check (quantity >= 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (plan, name)
);
comment on table public.plan_limits is
'How much of a thing a plan gives; null is without limit. Requests have limits of their own, private.limits.';

call private.close('public.products');
call private.close('public.prices');
call private.close('public.plan_features');
call private.close('public.plan_limits');
alter table public.products enable row level security;
alter table public.products force row level security;
alter table public.prices enable row level security;
alter table public.prices force row level security;
alter table public.plan_features enable row level security;
alter table public.plan_features force row level security;
alter table public.plan_limits enable row level security;
alter table public.plan_limits force row level security;
create trigger touch_updated_at before update on public.products
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.prices
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.plan_features
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.plan_limits
for each row execute function private.touch_updated_at();
call private.audit('public.products', 'none', 'id');
call private.audit('public.prices', 'none', 'id');
call private.audit('public.plan_features', 'none', 'plan,feature');
call private.audit('public.plan_limits', 'none', 'plan,name');
