-- Shows what each role may do with tables and functions of ours; owners and superusers are left out.
-- param role = null: of this role only
with granted as (
    select
        a.grantee,
        'table' as kind,
        n.nspname || '.' || c.relname as object,
        lower(a.privilege_type) as privilege
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
    cross join lateral aclexplode(c.relacl) as a
    where n.nspname in ('public', 'private', 'backend', 'gate', 'hooks') and a.grantee <> c.relowner
    union all
    select
        a.grantee,
        'column' as kind,
        n.nspname || '.' || c.relname || '.' || t.attname as object,
        lower(a.privilege_type) as privilege
    from pg_catalog.pg_attribute as t
    inner join pg_catalog.pg_class as c on t.attrelid = c.oid
    inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
    cross join lateral aclexplode(t.attacl) as a
    where n.nspname in ('public', 'private', 'backend', 'gate', 'hooks') and a.grantee <> c.relowner
    union all
    select
        a.grantee,
        'function' as kind,
        p.oid::regprocedure::text as object,
        lower(a.privilege_type) as privilege
    from pg_catalog.pg_proc as p
    inner join pg_catalog.pg_namespace as n on p.pronamespace = n.oid
    -- Without a list of its own, everybody may execute a function.
    cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
    where n.nspname in ('public', 'private', 'backend', 'gate', 'hooks') and a.grantee <> p.proowner
)

select
    coalesce(r.rolname, 'public') as role,
    g.kind,
    g.object,
    string_agg(g.privilege, ', ' order by g.privilege) as privileges
from granted as g
left join pg_catalog.pg_roles as r on g.grantee = r.oid
where %(role)s::text is null or coalesce(r.rolname, 'public') = %(role)s::text
group by coalesce(r.rolname, 'public'), g.kind, g.object
order by role asc, g.kind desc, g.object asc
