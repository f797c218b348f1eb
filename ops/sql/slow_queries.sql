-- Shows the statements that took longest, by their mean; times in milliseconds, since the statistics were last reset.
-- needs extensions.pg_stat_statements
-- param least_ms = 0: those that took so long on average
-- param most = 20: so many
select
    round(s.mean_exec_time::numeric, 1) as mean_ms,
    round(s.max_exec_time::numeric, 1) as max_ms,
    round(s.total_exec_time::numeric) as total_ms,
    s.calls,
    s.rows,
    left(regexp_replace(s.query, '\s+', ' ', 'g'), 160) as query
from extensions.pg_stat_statements as s
where s.mean_exec_time >= %(least_ms)s::numeric
order by s.mean_exec_time desc
limit %(most)s::integer
