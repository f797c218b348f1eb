-- Ends what a process of the database is doing, and its transaction with it: for a holder that locks shows.
-- writes
-- param pid: the process
select
    a.pid,
    a.usename as role,
    a.state,
    left(a.query, 80) as query,
    -- A transaction in which nothing runs is ended by ending its connection.
    case when a.state = 'active' then pg_cancel_backend(a.pid) else pg_terminate_backend(a.pid) end as ended
from pg_catalog.pg_stat_activity as a
where a.pid = %(pid)s::integer and a.pid <> pg_backend_pid() and a.backend_type = 'client backend'
