-- What our functions tell of requests that are over is checked and counted here. Nothing in it fails the request that brings it.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Definer, this one and those below: counts are closed to every caller.
create function private.route_to_count(named text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    today constant date := (now() at time zone 'utc')::date;
    teller constant text := coalesce(current_setting('mainstay.function', true), '');
    taken record;
begin
    if char_length(named) not between 1 and 100 then
        return 'other';
    elsif exists (select from private.request_routes as r where r.day = today and r.route = named) then
        return named;
    end if;
    select count(*) as by_all, count(*) filter (where r.function = teller) as by_teller into taken
    from private.request_routes as r where r.day = today;
    if taken.by_all >= 500 or taken.by_teller >= 100 then
        return 'other';
    end if;
    insert into private.request_routes (day, route, function) values (today, named, teller) on conflict do nothing;
    return named;
end
$$;
comment on function private.route_to_count(text) is
'The name under which a route is counted: its own, or "other" for one of over 100 letters and for those after the first 500 of a day, '
'or after the first 100 of one function, so that no function takes them all.';

create function private.record_request(told jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    this_minute constant timestamptz := date_trunc('minute', now());
    began constant timestamptz := to_timestamp((told ->> 'minute')::numeric * 60);
    verb constant text := upper(told ->> 'method');
    counts constant bigint[] := array(
        select round(each::numeric) from jsonb_array_elements_text(told -> 'histogram') with ordinality as h (each, slot) order by slot
    );
begin
    -- A frozen instance wakes late, and no clock of theirs is believed beyond that.
    insert into private.request_counts as c (
        minute, route, method, status, backend, count, sum_ms, trips, upstream_ms, lookups, hits, histogram
    ) values (
        least(greatest(date_trunc('minute', began), this_minute - interval '1 hour'), this_minute),
        private.route_to_count(told ->> 'route'),
        case when verb in ('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') then verb else 'OTHER' end,
        round((told ->> 'status')::numeric), pg_backend_pid(),
        (select sum(each) from unnest(counts) as each), (told ->> 'sum_ms')::double precision,
        round((told ->> 'trips')::numeric), (told ->> 'upstream_ms')::double precision,
        round((told ->> 'lookups')::numeric), round((told ->> 'hits')::numeric), counts
    )
    on conflict (minute, route, method, status, backend) do update set
        count = c.count + excluded.count, sum_ms = c.sum_ms + excluded.sum_ms,
        trips = c.trips + excluded.trips, upstream_ms = c.upstream_ms + excluded.upstream_ms,
        lookups = c.lookups + excluded.lookups, hits = c.hits + excluded.hits,
        histogram = private.add_histograms(c.histogram, excluded.histogram);
end
$$;
comment on function private.record_request(jsonb) is
'Counts requests of one minute, route, method and status, told in the form that record_requests has checked.';

create function private.record_requests(previous jsonb) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    form constant jsonpath := 'strict $ ? (@.route.type() == "string" && @.method.type() == "string"
        && @.minute >= 0 && @.minute < 1000000000 && @.status >= 100 && @.status < 599.5
        && @.sum_ms >= 0 && @.sum_ms < 1000000000000 && @.upstream_ms >= 0 && @.upstream_ms < 1000000000000
        && @.trips >= 0 && @.trips < 1000000000 && @.hits >= 0 && @.hits <= @.lookups && @.lookups < 1000000000 && @.histogram.size() == 15
        && !exists(@.histogram[*] ? (@.type() != "number" || @ < 0 || @ >= 1000000000)) && exists(@.histogram[*] ? (@ >= 1)))';
    told jsonb;
    recorded integer := 0;
begin
    -- In one order: two who meet the same new routes must not wait for each other.
    for told in select e.value from jsonb_array_elements(previous) as e order by e.value ->> 'route' limit 1000 loop
        if jsonb_path_exists(told, form) then
            perform private.record_request(told);
            recorded := recorded + 1;
        else
            raise warning 'a count of requests came in another form and was left out';
        end if;
    end loop;
    return recorded;
exception when others then
    raise warning 'requests were not counted: % %', sqlstate, sqlerrm;
    return 0;
end
$$;
comment on function private.record_requests(jsonb) is
'Counts requests that are over: [{minute, route, method, status, sum_ms, trips, upstream_ms, lookups, hits, histogram}], '
'the minute as those since 1970. '
'What has another form is left out, with a warning in the log, and so is what fails: nobody is refused for it. '
'Answers how many entries were counted.';

create function backend.count_requests(previous jsonb) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_function();
    return private.record_requests(previous);
end
$$;
comment on function backend.count_requests(jsonb) is
'What no admission has carried: of functions that admit nobody, and of instances that end.';
grant execute on function backend.count_requests(jsonb) to gatekeeper;
