-- Requests are counted by route, method, status and minute, from every instance of every function, in the transaction of the next admission.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Unlogged: a transaction that writes nothing else waits for no disk. A crash loses the minutes that were not rolled up yet.
create unlogged table private.request_counts (
    minute timestamptz not null,
    route text not null check (char_length(route) between 1 and 100),
    method text not null check (method ~ '^[A-Z]{3,7}$'),
    status integer not null check (status between 100 and 599),
    backend integer not null,
    count bigint not null check (count > 0),
    sum_ms double precision not null check (sum_ms >= 0),
    trips bigint not null check (trips >= 0),
    upstream_ms double precision not null check (upstream_ms >= 0),
    lookups bigint not null default 0 check (lookups >= 0),
    hits bigint not null default 0 check (hits between 0 and lookups),
    histogram bigint[] not null check (cardinality(histogram) = 15),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (minute, route, method, status, backend)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
comment on table private.request_counts is
'The last minutes. jobs_roll_up_metrics moves what is over to request_periods and request_totals.';
comment on column private.request_counts.backend is
'The server process that wrote it. Each has rows of its own, so that no admission waits for another one''s count.';
comment on column private.request_counts.histogram is
'How many took at most 5, 10, 25, 50, 75, 100, 250, 500, 750 ms, 1, 2.5, 5, 7.5, 10 s, and longer: the buckets of '
'OpenTelemetry''s http.server.request.duration, not cumulative.';
comment on column private.request_counts.lookups is 'How often caches were asked while these requests ran; hits, how often they knew.';
comment on column private.request_counts.trips is 'Calls that these requests made to the database, which took upstream_ms together.';

-- Unlogged like the counts: a crash must empty both, or a scraper would take the smaller sum for a counter begun anew.
create unlogged table private.request_totals (
    route text not null,
    method text not null,
    status integer not null,
    count bigint not null,
    sum_ms double precision not null,
    trips bigint not null,
    upstream_ms double precision not null,
    lookups bigint not null default 0,
    hits bigint not null default 0,
    histogram bigint[] not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (route, method, status)
) with (fillfactor = 70);
comment on table private.request_totals is 'All that was rolled up since the last crash: with request_counts, counters that only grow.';

create table private.request_periods (
    grain text not null check (grain in ('minute', 'hour', 'day')),
    at timestamptz not null,
    route text not null,
    method text not null,
    status integer not null,
    count bigint not null,
    sum_ms double precision not null,
    trips bigint not null,
    upstream_ms double precision not null,
    lookups bigint not null default 0,
    hits bigint not null default 0,
    histogram bigint[] not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (grain, at, route, method, status)
);
comment on table private.request_periods is
'What is over: minutes for 2 days, then hours for 62, then days for 400. Each request is in one grain.';

create unlogged table private.request_routes (
    day date not null,
    route text not null,
    function text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (day, route)
);
comment on table private.request_routes is
'The routes that were counted on a day, in UTC, under their own names: 500 of them, or a few more at once.';
comment on column private.request_routes.function is 'The function that told of the route first. None takes more than 100 names of a day.';

call private.seal('private.request_counts');
call private.seal('private.request_totals');
call private.seal('private.request_periods');
call private.seal('private.request_routes');
create trigger touch_updated_at before update on private.request_counts
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.request_totals
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.request_periods
for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on private.request_routes
for each row execute function private.touch_updated_at();

create function private.add_histograms(one bigint[], other bigint[]) returns bigint[]
language plpgsql immutable security invoker set search_path = pg_catalog, pg_temp
as $$
begin
    for slot in 1..15 loop
        one[slot] := one[slot] + other[slot];
    end loop;
    return one;
end
$$;
comment on function private.add_histograms(bigint[], bigint[]) is 'Two histograms as one.';
