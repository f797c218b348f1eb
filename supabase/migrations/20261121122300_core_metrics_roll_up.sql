-- Minutes that are over become rows that last, then hours, then days; what retention has passed goes.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

insert into private.settings (name, value, description) values
('metrics_minutes_kept_days', '2', 'For how many days requests are kept by the minute; then by the hour.'),
('metrics_hours_kept_days', '62', 'For how many days they are kept by the hour; then by the day.'),
('metrics_days_kept_days', '400', 'For how many days they are kept by the day.');
insert into private.schedules (name, cron, kind) values ('roll-up-metrics', '*/5 * * * *', 'metrics.roll_up');

-- Definer, this one and those below: counts are closed to every caller.
create function private.add_to_period(sums private.request_periods) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into private.request_periods as p (
        grain, at, route, method, status, count, sum_ms, trips, upstream_ms, lookups, hits, histogram
    ) values (
        sums.grain, sums.at, sums.route, sums.method, sums.status,
        sums.count, sums.sum_ms, sums.trips, sums.upstream_ms, sums.lookups, sums.hits, sums.histogram
    )
    on conflict (grain, at, route, method, status) do update set
        count = p.count + excluded.count, sum_ms = p.sum_ms + excluded.sum_ms,
        trips = p.trips + excluded.trips, upstream_ms = p.upstream_ms + excluded.upstream_ms,
        lookups = p.lookups + excluded.lookups, hits = p.hits + excluded.hits,
        histogram = private.add_histograms(p.histogram, excluded.histogram);
end
$$;
comment on function private.add_to_period(private.request_periods) is 'Adds requests to a minute, an hour or a day.';

create function private.close_minutes(most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    c private.request_counts;
    closed integer := 0;
begin
    -- A row that an admission is adding to right now, for an instance that woke late, is left for the next time.
    for c in
        delete from private.request_counts as d where d.ctid = any(array(
            select l.ctid from private.request_counts as l where l.minute < now() - interval '2 minutes'
            limit most for update skip locked
        )) returning d.*
    loop
        perform private.add_to_period(jsonb_populate_record(
            null::private.request_periods, to_jsonb(c) || jsonb_build_object('grain', 'minute', 'at', c.minute)
        ));
        insert into private.request_totals as t (route, method, status, count, sum_ms, trips, upstream_ms, lookups, hits, histogram)
        values (c.route, c.method, c.status, c.count, c.sum_ms, c.trips, c.upstream_ms, c.lookups, c.hits, c.histogram)
        on conflict (route, method, status) do update set
            count = t.count + excluded.count, sum_ms = t.sum_ms + excluded.sum_ms,
            trips = t.trips + excluded.trips, upstream_ms = t.upstream_ms + excluded.upstream_ms,
            lookups = t.lookups + excluded.lookups, hits = t.hits + excluded.hits,
            histogram = private.add_histograms(t.histogram, excluded.histogram);
        closed := closed + 1;
    end loop;
    return closed;
end
$$;
comment on function private.close_minutes(integer) is 'Moves counts of minutes that are over to where they last; answers how many rows.';

create function private.coarsen(fine text, coarse text, kept_days integer, most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    p private.request_periods;
    coarsened integer := 0;
begin
    -- Whole hours and days, so that none is half in one grain and half in the other.
    for p in
        delete from private.request_periods as d where d.ctid = any(array(
            select o.ctid from private.request_periods as o
            where o.grain = fine and o.at < date_trunc(coarse, now() - make_interval(days => kept_days), 'UTC')
            limit most
        )) returning d.*
    loop
        p.grain := coarse;
        p.at := date_trunc(coarse, p.at, 'UTC');
        perform private.add_to_period(p);
        coarsened := coarsened + 1;
    end loop;
    return coarsened;
end
$$;
comment on function private.coarsen(text, text, integer, integer) is
'Adds what is older than so many days to the next coarser grain; answers how many rows.';

create function backend.jobs_roll_up_metrics(most integer default 5000) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    kept constant jsonb := (
        select jsonb_object_agg(s.name, s.value::integer) from private.settings as s where s.name like 'metrics\_%\_kept\_days'
    );
    moved integer[];
    pruned integer;
begin
    perform private.require_function();
    -- Two at once would add to the same rows in different orders.
    if not pg_try_advisory_xact_lock(hashtextextended('private.request_periods', 0)) then
        return '{"moved": 0, "pruned": 0, "left": false}';
    end if;
    moved := array[
        private.close_minutes(most),
        private.coarsen('minute', 'hour', (kept ->> 'metrics_minutes_kept_days')::integer, most),
        private.coarsen('hour', 'day', (kept ->> 'metrics_hours_kept_days')::integer, most)
    ];
    delete from private.request_periods as p
    where p.grain = 'day' and p.at < now() - make_interval(days => (kept ->> 'metrics_days_kept_days')::integer);
    get diagnostics pruned = row_count;
    delete from private.request_routes as r where r.day < (now() at time zone 'utc')::date - 1;
    return jsonb_build_object('moved', moved[1] + moved[2] + moved[3], 'pruned', pruned, 'left', most = any(moved));
end
$$;
comment on function backend.jobs_roll_up_metrics(integer) is
'Rolls requests up from minute to hour to day, and forgets what is too old: {moved, pruned, left}. While something is left, call again.';
grant execute on function backend.jobs_roll_up_metrics(integer) to job_runner;
