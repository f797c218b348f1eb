-- Shows who waits for a lock and who holds it, the longest wait first; cancel_query ends a holder's statement.
select
    waiting.pid as waiting_pid,
    waiting.usename as waiting_role,
    now() - waiting.query_start as waits_for,
    left(waiting.query, 80) as waiting_query,
    holding.pid as holding_pid,
    holding.usename as holding_role,
    holding.state as holding_state,
    now() - holding.xact_start as holds_for,
    left(holding.query, 80) as holding_query
from pg_catalog.pg_stat_activity as waiting
cross join lateral unnest(pg_blocking_pids(waiting.pid)) as h (pid)
inner join pg_catalog.pg_stat_activity as holding on h.pid = holding.pid
order by waits_for desc
