-- Limits of requests: rows that operators change, spent exactly by the generic cell rate algorithm (ITU-T I.371).
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table private.limits (
    -- What an API key has of its own is called key.
    name text primary key check (name ~ '^[a-z][a-z0-9-]{0,30}$' and name <> 'key'),
    spent_by text not null check (spent_by in ('caller', 'organization', 'address')),
    quantity integer not null check (quantity between 1 and 1000000000),
    period interval not null check (period between interval '1 second' and interval '31 days'),
    plan text unique references private.plans,
    route text unique,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table private.limits is
'So many requests in such a time, all at once or spread. '
'A row with a plan holds for organizations that have it, '
'one with a route for that route, and one named "burst" for every admitted request.';
comment on column private.limits.spent_by is
'Whose allowance it is: a person or all generations of a key; an organization (a person, who has several, '
'counts for themselves); an address.';
comment on column private.limits.route is 'As endpoints write it, method first: POST /auth/api-keys.';

insert into private.limits (name, spent_by, quantity, period, plan, route) values
('anonymous', 'address', 30, '1 minute', null, null),
('burst', 'caller', 100, '1 minute', null, null),
('free', 'organization', 100, '1 hour', 'free', null),
('pro', 'organization', 1000, '1 hour', 'pro', null),
('enterprise', 'organization', 10000, '1 hour', 'enterprise', null),
('key-create', 'caller', 10, '5 minutes', null, null),
('key-revoke', 'address', 30, '1 minute', null, null),
('whoami', 'organization', 60, '1 minute', null, null),
('checkout', 'caller', 3, '1 minute', null, null);

-- Unlogged: a crash empties it, and everybody starts with a full allowance. Budgets, which are paid for, are kept elsewhere.
create unlogged table private.rate_buckets (
    bucket bytea primary key check (octet_length(bucket) = 32),
    -- The theoretical arrival time. No index, so that updates stay in their page.
    due_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
comment on table private.rate_buckets is 'How far each allowance is spent. A bucket that is not there, or is past, is full.';

call private.seal('private.limits');
call private.seal('private.rate_buckets');
create trigger touch_updated_at before update on private.limits
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.rate_buckets
for each row execute function private.touch_updated_at();
call private.audit('private.limits', 'none', 'name');

create type private.allowance as (name text, bucket bytea, quantity integer, period interval);

create function private.allowance(name text, quantity integer, period interval, who text) returns private.allowance
language sql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
    select (
        name, sha256(convert_to(concat_ws('/', name, quantity, extract(epoch from period), who), 'utf8')), quantity, period
    )::private.allowance
$$;
comment on function private.allowance(text, integer, interval, text) is
'What one caller may spend of a limit. A limit that is changed has other buckets: what was spent of the former one is forgotten. '
'The bucket''s key says nothing of the caller.';

-- Definer: buckets are closed to every caller.
create function private.look_at(wanted private.allowance[]) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    moment constant timestamptz := clock_timestamp();
begin
    -- Left: so many more requests at once. Reset: until all is there again. Wait: until one is, 0 if one is there now.
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'name', l.name, 'quantity', l.quantity, 'window', ceil(extract(epoch from l.period)),
            'left', greatest(0, floor((extract(epoch from l.period) - l.spent) / l.apart)),
            'reset', ceil(l.spent), 'wait', ceil(greatest(0, l.spent + l.apart - extract(epoch from l.period)))
        ) order by l.place), '[]')
        from (
            select
                w.name, w.quantity, w.period, w.place, extract(epoch from w.period) / w.quantity as apart,
                extract(epoch from greatest(b.due_at, moment) - moment) as spent
            from unnest(wanted) with ordinality as w (name, bucket, quantity, period, place)
            left join private.rate_buckets as b on b.bucket = w.bucket
        ) as l
    );
end
$$;
comment on function private.look_at(private.allowance[]) is
'How each allowance stands: [{name, quantity, window, left, reset, wait}], times in seconds. Spends nothing.';

-- Definer: as above. Asked first: a refusal takes no lock and writes nothing, so that a flood of them is cheap.
create function private.is_left(wanted private.allowance[]) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return not exists (
        select from unnest(wanted) as w
        inner join private.rate_buckets as b on b.bucket = w.bucket
        where b.due_at + w.period / w.quantity - w.period > clock_timestamp()
    );
end
$$;
comment on function private.is_left(private.allowance[]) is
'Whether there is one of every allowance, as far as can be seen without waiting for others who spend.';

-- Definer: as above.
create function private.spend(wanted private.allowance[]) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    spent bytea[];
begin
    -- In one order: two callers who share two buckets must not wait for each other.
    with taken as (
        insert into private.rate_buckets as b (bucket, due_at)
        select w.bucket, clock_timestamp() + w.period / w.quantity from unnest(wanted) as w order by w.bucket
        on conflict (bucket) do update
        set due_at = (
            select greatest(b.due_at, clock_timestamp()) + w.period / w.quantity from unnest(wanted) as w where w.bucket = b.bucket
        )
        where (
            select greatest(b.due_at, clock_timestamp()) + w.period / w.quantity - w.period from unnest(wanted) as w where w.bucket = b.bucket
        ) <= clock_timestamp()
        returning b.bucket
    )
    select coalesce(array_agg(taken.bucket), '{}') into spent from taken;
    if cardinality(spent) = cardinality(wanted) then
        return true;
    end if;
    -- One of them is spent: what was taken of the others is given back before anybody sees it.
    update private.rate_buckets as b set due_at = b.due_at - w.period / w.quantity
    from unnest(wanted) as w
    where w.bucket = b.bucket and b.bucket = any(spent);
    return false;
end
$$;
comment on function private.spend(private.allowance[]) is
'Takes one of every allowance, or none and answers false. Exact under any number of callers.';
