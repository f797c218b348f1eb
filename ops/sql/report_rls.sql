-- Shows which tables of ours have row level security enabled and forced, and their policies; what lacks something comes first.
select
    n.nspname || '.' || c.relname as table_name,
    c.relrowsecurity as enabled,
    c.relforcerowsecurity as forced,
    count(p.oid) as policies,
    string_agg(p.polname, ', ' order by p.polname) as names
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
left join pg_catalog.pg_policy as p on c.oid = p.polrelid
where c.relkind in ('r', 'p') and n.nspname in ('public', 'private', 'backend', 'gate', 'hooks')
group by n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity
order by (c.relrowsecurity and c.relforcerowsecurity and count(p.oid) > 0) asc, table_name asc
