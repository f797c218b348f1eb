-- What is measured, for those who watch: requests of all instances, the database, the queue, and the business as far as it has tables.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Small, and nearly free to keep, for rows that come in the order of time.
-- squawk-ignore require-concurrent-index-creation
create index profiles_created_at_idx on public.profiles using brin (created_at);
-- squawk-ignore require-concurrent-index-creation
create index api_keys_created_at_idx on public.api_keys using brin (created_at);
-- Few, among many that are done.
-- squawk-ignore require-concurrent-index-creation
create index jobs_dead_idx on private.jobs (id) where status = 'dead';

-- Definer, this one and those below: what they read is closed to every caller.
create function private.require_watcher() returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    if private.claims() ->> 'role' is distinct from 'anon' then
        perform private.require_staff('ops');
    end if;
end
$$;
comment on function private.require_watcher() is
'Refuses everybody but our functions on their own, which have checked the metrics token, and staff with a second factor.';

create function private.sum_requests(since timestamptz) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(jsonb_agg(to_jsonb(s) order by s.route, s.method, s.status), '[]')
        from (
            select r.route, r.method, r.status, sum(r.count) as count, sum(r.sum_ms) as sum_ms, sum(r.trips) as trips,
                sum(r.upstream_ms) as upstream_ms, sum(r.lookups) as lookups, sum(r.hits) as hits, array[
                    sum(r.histogram[1]), sum(r.histogram[2]), sum(r.histogram[3]), sum(r.histogram[4]), sum(r.histogram[5]),
                    sum(r.histogram[6]), sum(r.histogram[7]), sum(r.histogram[8]), sum(r.histogram[9]), sum(r.histogram[10]),
                    sum(r.histogram[11]), sum(r.histogram[12]), sum(r.histogram[13]), sum(r.histogram[14]), sum(r.histogram[15])
                ] as histogram
            from (
                select c.route, c.method, c.status, c.count, c.sum_ms, c.trips, c.upstream_ms, c.lookups, c.hits, c.histogram
                from private.request_counts as c where since is null or c.minute >= since
                union all
                select p.route, p.method, p.status, p.count, p.sum_ms, p.trips, p.upstream_ms, p.lookups, p.hits, p.histogram
                from private.request_periods as p where p.grain = 'minute' and p.at >= since
                union all
                select t.route, t.method, t.status, t.count, t.sum_ms, t.trips, t.upstream_ms, t.lookups, t.hits, t.histogram
                from private.request_totals as t where since is null
            ) as r
            group by r.route, r.method, r.status
        ) as s
    );
end
$$;
comment on function private.sum_requests(timestamptz) is
'Requests by route, method and status since a minute of the last 2 days; without one, all since the counters began.';

create function private.database_figures() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return jsonb_build_object(
        'connections', (select count(*) from pg_stat_activity as a where a.datid is not null),
        'max_connections', current_setting('max_connections')::integer,
        -- Of a standby, what it has still to replay; of a primary, what the slowest of its standbys has.
        'replication_lag_seconds', round(extract(epoch from case when pg_is_in_recovery()
            then now() - pg_last_xact_replay_timestamp() else (select max(r.replay_lag) from pg_stat_replication as r) end), 3)
    );
end
$$;
comment on function private.database_figures() is '{connections, max_connections, replication_lag_seconds} of the database server.';

create function private.queue_figures() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select jsonb_build_object(
            'waiting', count(*),
            'oldest_waiting_seconds', coalesce(round(extract(epoch from now() - min(j.run_at)), 3), 0),
            'dead', (select count(*) from private.jobs as d where d.status = 'dead')
        ) from private.jobs as j where j.status = 'waiting' and j.run_at <= now()
    );
end
$$;
comment on function private.queue_figures() is
'{waiting, oldest_waiting_seconds, dead}: jobs whose time has come, since when, and those given up.';

create function private.business_figures() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return jsonb_build_object(
        'sign_ups', (select count(*) from public.profiles as p where p.created_at > now() - interval '30 days'),
        'api_keys_created', (select count(*) from public.api_keys as k where k.created_at > now() - interval '30 days'),
        -- There are no tables of billing yet. Their migration replaces this function; until then nothing is made up.
        'active_subscriptions', null, 'billing_events', null, 'revenue', null
    );
end
$$;
comment on function private.business_figures() is
'{sign_ups, api_keys_created, active_subscriptions, billing_events, revenue} of the last 30 days; null for what is not recorded.';

create function private.inbox_figures() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    -- There is no inbox yet. The migration that makes it replaces this function, and nothing else needs to change.
    return jsonb_build_object('waiting', null, 'oldest_waiting_seconds', null, 'failed', null);
end
$$;
comment on function private.inbox_figures() is
'{waiting, oldest_waiting_seconds, failed}: events from outside that nobody has applied, since when, and those given up; '
'null while there is no inbox.';

create function backend.metrics(minutes integer default null) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    since constant timestamptz := case when minutes is not null
        then date_trunc('minute', now()) - make_interval(mins => least(greatest(minutes, 1), 1440)) end;
begin
    perform private.require_watcher();
    return jsonb_build_object(
        'requests', private.sum_requests(since), 'seconds', extract(epoch from now() - since),
        'database', private.database_figures(), 'queue', private.queue_figures(),
        'inbox', private.inbox_figures(), 'business', private.business_figures()
    );
end
$$;
comment on function backend.metrics(integer) is
'{requests, seconds, database, queue, inbox, business}. Requests by route, method and status: of so many minutes and the present one, '
'which began `seconds` ago together, or since the counters began.';
grant execute on function backend.metrics(integer) to observer;
