-- Seats: who uses which of the seats that an organization pays for. Never more are used than are bought, however many assign at once.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table public.seats (
    org_id uuid not null,
    user_id uuid not null,
    assigned_by uuid references auth.users on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (org_id, user_id),
    -- Who leaves frees their seat.
    foreign key (org_id, user_id) references public.memberships on delete cascade
);
comment on table public.seats is 'Members who use a seat. Only backend.billing_assign_seat writes here.';
create index seats_user_id_idx on public.seats (user_id);
create index seats_assigned_by_idx on public.seats (assigned_by);

create table private.seat_orders (
    org_id uuid primary key references public.organizations on delete cascade,
    id uuid not null default gen_random_uuid(),
    subscription_id uuid not null references public.subscriptions on delete cascade,
    quantity integer not null check (quantity >= 0),
    holds_until timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.seat_orders is
'How many seats an organization last asked for. Until the provider has it, no more than so many are assigned.';
comment on column private.seat_orders.holds_until is
'Until when it binds: infinity for what the provider is to be told; a moment for what a change of plan holds while it is made.';
create index seat_orders_subscription_id_idx on private.seat_orders (subscription_id);

call private.close('public.seats');
call private.seal('private.seat_orders');
alter table public.seats enable row level security;
alter table public.seats force row level security;
create trigger touch_updated_at before update on public.seats
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.seat_orders
for each row execute function private.touch_updated_at();
call private.audit('public.seats', 'org_id', 'org_id,user_id');
call private.audit('private.seat_orders', 'org_id', 'org_id');

-- Definer, this one and those below: seats, orders and the mirror are closed to who calls them.
create function private.lock_seats(org uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('public.seats ' || org, 0));
end
$$;
comment on function private.lock_seats(uuid) is
'One after the other: whoever counts an organization''s seats counts those of who came before.';

create function private.seats_used(org uuid) returns integer
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (select count(*) from public.seats as s where s.org_id = org);
end
$$;
comment on function private.seats_used(uuid) is 'How many seats are assigned.';

create function private.seats_bought(org uuid) returns integer
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(sum(i.quantity), 0)
        from public.subscriptions as s
        inner join public.subscription_items as i on i.subscription_id = s.id
        inner join public.prices as p on p.id = i.price_id
        where s.org_id = org and p.per_seat and private.entitles_until(s, i) > now()
            and s.livemode = (select g.value::boolean from private.settings as g where g.name = 'billing_livemode')
    );
end
$$;
comment on function private.seats_bought(uuid) is 'How many seats are paid for now.';

create function private.seat_order(org uuid) returns private.seat_orders
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    binding private.seat_orders;
begin
    select o.* into binding from private.seat_orders as o
    inner join public.subscriptions as s on s.id = o.subscription_id
    where o.org_id = org and o.holds_until > now() and s.status not in ('canceled', 'incomplete_expired');
    return binding;
end
$$;
comment on function private.seat_order(uuid) is 'What an organization''s seats are held to now; all null where nothing holds them.';

create function private.seats_of(org uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    bought constant integer := private.seats_bought(org);
    ordered constant integer := (private.seat_order(org)).quantity;
begin
    return jsonb_build_object(
        'org_id', org, 'bought', bought, 'ordered', ordered, 'used', private.seats_used(org),
        'seats', (
            -- Where fewer are paid for than are assigned, the oldest ones stand.
            select coalesce(jsonb_agg(jsonb_build_object(
                'user_id', n.user_id, 'assigned_at', n.created_at, 'paid_for', n.place <= bought
            ) order by n.place), '[]')
            from (
                select s.user_id, s.created_at, row_number() over (order by s.created_at, s.user_id) as place
                from public.seats as s where s.org_id = org
            ) as n
        )
    );
end
$$;
comment on function private.seats_of(uuid) is
'{org_id, bought, ordered, used, seats: [{user_id, assigned_at, paid_for}]}, oldest first.';

create function backend.billing_seats(org uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    return private.seats_of(private.billed_org(org, 'members:read'));
end
$$;
comment on function backend.billing_seats(uuid) is
'The seats of an organization in which the caller has members:read.';
