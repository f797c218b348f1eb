"""Rules of the house that the catalogue can prove: what breaks each of them, as a query."""

from collections.abc import Iterator

from tests.policies.court import Court
from tests.policies.definers import DEFINERS

TABLES = "from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname in ('public', 'private', 'backend')"
# A row of the log is never updated.
APPEND_ONLY = "(c.relname = 'audit_log' or c.relispartition)"
FUNCTIONS = "from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace where n.nspname in ('public', 'private', 'backend', 'gate', 'hooks')"
NAME = "n.nspname || '.' || p.proname"

# Each right of a role that does not pass policies has one permissive policy, and each policy such a right.
POLICIES_AND_RIGHTS = """
select coalesce(h.of_table, p.of_table)::regclass || ' ' || coalesce(h.verb, p.verb) || ' ' || coalesce(h.role, p.role)
from (
    select c.oid as of_table, v.verb, r.oid::regrole::text as role
    from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace,
        pg_roles as r, unnest(array['select', 'insert', 'update', 'delete']) as v(verb)
    where n.nspname in ('public', 'backend') and c.relkind in ('r', 'p') and not (r.rolbypassrls or r.rolsuper) and r.rolname !~ '^pg_'
        and (has_table_privilege(r.oid, c.oid, v.verb) or (v.verb <> 'delete' and has_any_column_privilege(r.oid, c.oid, v.verb)))
) as h full join (
    select y.polrelid as of_table, case y.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end as verb,
        coalesce(nullif(role, 0)::regrole::text, 'public') as role, y.polpermissive
    from pg_policy as y inner join pg_class as c on c.oid = y.polrelid inner join pg_namespace as n on n.oid = c.relnamespace, unnest(y.polroles) as role
    where n.nspname in ('public', 'backend')
) as p on (p.of_table, p.verb, p.role) = (h.of_table, h.verb, h.role)
group by h.of_table, p.of_table, h.verb, p.verb, h.role, p.role
having h.of_table is null or count(*) filter (where p.polpermissive) <> 1
"""
CLOSED = """
select c.relname from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = 'private' and c.relkind in ('r', 'p') and (
    select array_agg((y.polname, y.polcmd, y.polpermissive, y.polroles, pg_get_expr(y.polqual, y.polrelid), pg_get_expr(y.polwithcheck, y.polrelid))::text)
    from pg_policy as y where y.polrelid = c.oid
) is distinct from array['(nobody,*,t,{0},false,false)']
"""

RULES = [
    (
        "row level security is enabled and forced",
        f"select n.nspname || '.' || c.relname {TABLES} and not (c.relrowsecurity and c.relforcerowsecurity)",
    ),
    (
        "every table has a policy",
        f"select c.relname {TABLES} and not exists (select from pg_policy as y where y.polrelid = c.oid)",
    ),
    ("every table has a comment", f"select c.relname {TABLES} and obj_description(c.oid, 'pg_class') is null"),
    (
        "every table has created_at and updated_at",
        f"select c.relname {TABLES} and not {APPEND_ONLY} and (select count(*) from pg_attribute as a where a.attrelid = c.oid and a.attname in ('created_at', 'updated_at')) <> 2",
    ),
    (
        "updated_at is kept by a trigger",
        f"select c.relname {TABLES} and not {APPEND_ONLY} and not exists (select from pg_trigger as t where t.tgrelid = c.oid and t.tgname = 'touch_updated_at')",
    ),
    ("every function has a comment", f"select {NAME} {FUNCTIONS} and obj_description(p.oid, 'pg_proc') is null"),
    (
        "every search_path is pinned, and looks at temporary objects last",
        f"select {NAME} {FUNCTIONS} and not coalesce(p.proconfig @> array['search_path=pg_catalog, pg_temp'], false)",
    ),
    (
        "no function of the platform's auth schema is called",
        f"select {NAME} {FUNCTIONS} and p.prosrc ~ 'auth\\.(uid|role|email|jwt)\\M'",
    ),
    (
        "no definer stands in an exposed schema that clients use",
        f"select {NAME} {FUNCTIONS} and p.prosecdef and n.nspname = 'public'",
    ),
    (
        "no definer builds SQL",
        f"select {NAME} {FUNCTIONS} and p.prosecdef and p.prosrc ~* '\\mexecute\\s+(format|''|quote)'",
    ),
    (
        "only the gate switches roles",
        f"select {NAME} {FUNCTIONS} and p.prosrc ~* 'set_config\\(\\s*''role''|(^|;|\\mbegin|\\mthen|\\melse|\\mloop)\\s*set\\s+(local\\s+|session\\s+)?role\\M' and p.oid <> 'gate.enter'::regproc",
    ),
    (
        "no serialization failure is raised, since PostgREST would retry it",
        f"select {NAME} {FUNCTIONS} and p.prosrc ~ '40001'",
    ),
    (
        "every foreign key has an index that leads with it",
        (
            "select conrelid::regclass || '.' || conname from pg_constraint as k inner join pg_namespace as n on n.oid = k.connamespace"
            " where k.contype = 'f' and n.nspname in ('public', 'private') and not exists (select from pg_index as i"
            " where i.indrelid = k.conrelid and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)"
        ),
    ),
    (
        "policies call the helpers and nothing else",
        (
            "select tablename || '.' || policyname from pg_policies where schemaname = 'public' and regexp_replace("
            "concat(qual, with_check), 'private\\.(me\\(\\)|(orgs_with|maker_with)\\(''[a-z:-]+''::text\\))', '', 'g') ~ '[a-z_]+\\.[a-z_]+\\('"
        ),
    ),
    (
        "policies say for whom, one verb each",
        "select tablename || '.' || policyname from pg_policies where schemaname = 'public' and (roles = '{public}' or cmd = 'ALL')",
    ),
    (
        "no update or delete in a function lacks its where, which hosted projects refuse",
        f"select {NAME} {FUNCTIONS} and exists (select from regexp_matches(p.prosrc, '\\m(?:update\\s+[a-z_.]+\\s+(?:as\\s+\\w+\\s+)?set|delete\\s+from)[^;]*;', 'gi') as m(s) where s[1] !~* 'where')",
    ),
    (
        "no view runs as its owner",
        "select c.relname from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace where n.nspname in ('public', 'backend') and c.relkind in ('v', 'm') and not coalesce(c.reloptions @> array['security_invoker=true'], false)",
    ),
    (
        "a policy stands for a right that its role holds, and each right of a client has exactly one",
        POLICIES_AND_RIGHTS,
    ),
    ("a closed table admits nobody, by its one policy", CLOSED),
]


def judge(court: Court) -> Iterator[str]:
    """Tell of every rule that something breaks, and of definers that are not known by name and reason."""
    for claim, offenders in RULES:
        if found := [row[0] for row in court.connection.execute(offenders.encode()).fetchall()]:
            yield f"{claim}: {found}"
    found = court.world.value(f"select array_agg({NAME}) {FUNCTIONS} and p.prosecdef")
    if different := set(found) ^ set(DEFINERS):
        yield f"definers: {sorted(different)}"
    settings = court.world.value("select rolconfig from pg_roles where rolname = 'authenticator'")
    if "pgrst.db_pre_request=gate.enter" not in settings:
        yield "the gate does not stand before every request"
