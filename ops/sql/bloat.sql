-- Shows the tables with the most dead rows, and when they were last vacuumed: an estimate from statistics.
-- param most = 20: so many
select
    t.schemaname || '.' || t.relname as table_name,
    pg_size_pretty(pg_total_relation_size(t.relid)) as size,
    t.n_live_tup as live_rows,
    t.n_dead_tup as dead_rows,
    round(100.0 * t.n_dead_tup / greatest(t.n_live_tup + t.n_dead_tup, 1), 1) as dead_percent,
    greatest(t.last_vacuum, t.last_autovacuum) as vacuumed_at,
    greatest(t.last_analyze, t.last_autoanalyze) as analyzed_at
from pg_catalog.pg_stat_user_tables as t
order by t.n_dead_tup desc, table_name asc
limit %(most)s::integer
