-- Shows how often each index was used, the unused ones first; one that keeps a constraint works unread.
-- param most = 50: so many
select
    i.schemaname || '.' || i.indexrelname as index_name,
    i.relname as table_name,
    i.idx_scan as scans,
    pg_size_pretty(pg_relation_size(i.indexrelid)) as size,
    x.indisunique as keeps_a_constraint,
    t.seq_scan as whole_table_scans
from pg_catalog.pg_stat_user_indexes as i
inner join pg_catalog.pg_index as x on i.indexrelid = x.indexrelid
inner join pg_catalog.pg_stat_user_tables as t on i.relid = t.relid
where i.schemaname in ('public', 'private')
order by i.idx_scan asc, pg_relation_size(i.indexrelid) desc, index_name asc
limit %(most)s::integer
