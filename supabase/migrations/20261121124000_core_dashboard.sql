-- What the staff's dashboard shows of the last hour, day or month: numbers by bucket, and what waits or went wrong until now.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- A page that is left open asks 4 times a minute, and an hour of that is more than a free plan's.
insert into private.limits (name, spent_by, quantity, period) values ('watching', 'caller', 60, '1 minute');

-- Definer, this one and those below: what they read is closed to every caller.
create function private.requests_by_bucket(since timestamptz, step interval, left_out text[])
returns table (at timestamptz, requests numeric, errors numeric, sum_ms double precision, histogram numeric[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select date_bin(step, r.minute, since), sum(r.count), coalesce(sum(r.count) filter (where r.status >= 500), 0), sum(r.sum_ms), array[
        sum(r.histogram[1]), sum(r.histogram[2]), sum(r.histogram[3]), sum(r.histogram[4]), sum(r.histogram[5]),
        sum(r.histogram[6]), sum(r.histogram[7]), sum(r.histogram[8]), sum(r.histogram[9]), sum(r.histogram[10]),
        sum(r.histogram[11]), sum(r.histogram[12]), sum(r.histogram[13]), sum(r.histogram[14]), sum(r.histogram[15])
    ]
    from (
        select c.minute, c.route, c.method, c.status, c.count, c.sum_ms, c.histogram from private.request_counts as c
        union all
        -- Grain by grain, as the primary key begins with it.
        select p.at, p.route, p.method, p.status, p.count, p.sum_ms, p.histogram
        from unnest(array['minute', 'hour', 'day']) as g (grain)
        inner join private.request_periods as p on p.grain = g.grain
    ) as r
    where r.minute >= since and r.method <> 'OPTIONS' and r.route <> all(left_out)
    group by 1;
end
$$;
comment on function private.requests_by_bucket(timestamptz, interval, text[]) is
'Requests that were served since then, by steps of time from there on: preflights and the routes that are left out do not count.';

create function private.revenue_figures(since timestamptz, until timestamptz) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    -- There are no tables of billing yet. Their migration replaces this function; until then nothing is made up.
    return null;
end
$$;
comment on function private.revenue_figures(timestamptz, timestamptz) is
'{currency: minor units} of what was paid from one moment until before another; null while that is not recorded.';

create function private.dashboard_buckets(since timestamptz, step interval, left_out text[]) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select jsonb_agg(jsonb_build_object(
            'at', b.at, 'requests', coalesce(r.requests, 0), 'errors', coalesce(r.errors, 0), 'sum_ms', coalesce(r.sum_ms, 0),
            'histogram', coalesce(r.histogram, array_fill(0, array[15])), 'sign_ups', coalesce(p.sign_ups, 0),
            'revenue', private.revenue_figures(b.at, b.at + step)
        ) order by b.at)
        from generate_series(since, now(), step) as b (at)
        left join private.requests_by_bucket(since, step, left_out) as r on r.at = b.at
        left join (
            select date_bin(step, n.created_at, since) as at, count(*) as sign_ups
            from public.profiles as n where n.created_at >= since group by 1
        ) as p on p.at = b.at
    );
end
$$;
comment on function private.dashboard_buckets(timestamptz, interval, text[]) is
'[{at, requests, errors, sum_ms, histogram, sign_ups, revenue}]: one of each step from then until now, the last not yet over.';

create function private.open_errors(in_full boolean) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(jsonb_agg(to_jsonb(e) - 'rank' order by e.rank, e.occurrences desc, e.id), '[]')
        from (
            select r.id, r.category, case when in_full then r.message end as message, r.severity, r.occurrences,
                r.organizations, r.first_seen_at, r.last_seen_at,
                array_position(array['critical', 'high', 'medium', 'low'], r.severity) as rank
            from private.error_reports as r where r.resolved_at is null
            order by rank, r.occurrences desc, r.id limit 10
        ) as e
    );
end
$$;
comment on function private.open_errors(boolean) is
'The ten worst kinds of errors that nobody has resolved: the most severe first, then the most frequent. In full with what clients wrote.';

create function backend.dashboard(span text, left_out text[]) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    step constant interval := case span when '1h' then '1 minute' when '24h' then '15 minutes' else '24 hours' end;
    steps constant integer := case span when '1h' then 60 when '24h' then 96 else 30 end;
    since constant timestamptz := date_bin(step, now(), '2000-01-01 00:00+00') - step * (steps - 1);
    person constant uuid := private.me();
begin
    perform private.require_watcher();
    -- What clients wrote is for people, who leave a trace: one an hour, for a page that asks 4 times a minute.
    if person is not null and not exists (
        select from public.audit_log as a
        where a.actor_id = person and a.action = 'staff.read_dashboard' and a.created_at > now() - interval '1 hour'
    ) then
        perform private.record('staff.read_dashboard', null, null);
    end if;
    return jsonb_build_object(
        'as_of', now(), 'step_seconds', extract(epoch from step)::integer,
        'buckets', private.dashboard_buckets(since, step, left_out),
        'queue', private.queue_figures(), 'inbox', private.inbox_figures(),
        'errors', private.open_errors(person is not null)
    );
end
$$;
comment on function backend.dashboard(text, text[]) is
'{as_of, step_seconds, buckets, queue, inbox, errors} of 1h in minutes, 24h in quarters, or 30d in days of UTC. '
'Staff are told what clients wrote of an error, the metrics token is not.';
grant execute on function backend.dashboard(text, text[]) to observer;
