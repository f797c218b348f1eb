-- Shows connections by role and state beside how many there may be: at the bound, requests are answered 503.
select
    a.usename as role,
    a.application_name as application,
    a.state,
    count(*) as connections,
    -- This very one began after its transaction did.
    max(clock_timestamp() - a.state_change) as longest,
    sum(count(*)) over () as in_all,
    current_setting('max_connections')::integer as most
from pg_catalog.pg_stat_activity as a
where a.backend_type = 'client backend'
group by a.usename, a.application_name, a.state
order by connections desc, role asc
