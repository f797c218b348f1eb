"""Who may do what in a database, as its catalogue says it: every policy and grant, one comparable row each."""

from pathlib import Path

import psycopg

# Everything a policy file may change, in one comparable row each.
STATE = """
select 'policy ' || schemaname || '.' || tablename || ' ' || policyname as name,
    concat_ws(' | ', permissive, roles::text, cmd, qual, with_check) as definition
from pg_policies where schemaname in ('public', 'private', 'backend')
union all
select 'grant on ' || n.nspname || '.' || c.relname,
    (select string_agg(a::text, ',' order by a::text) from unnest(c.relacl) as a)
from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'v')
union all
select 'grant on ' || n.nspname || '.' || c.relname || '.' || a.attname,
    (select string_agg(g::text, ',' order by g::text) from unnest(a.attacl) as g)
from pg_attribute as a
inner join pg_class as c on c.oid = a.attrelid
inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ('public', 'private') and a.attacl is not null and cardinality(a.attacl) > 0
"""


def state(connection: psycopg.Connection) -> dict[str, str | None]:
    """Return the definition of each policy and grant by its name."""
    return dict(connection.execute(STATE).fetchall())


def unlisted_tables(connection: psycopg.Connection, policies: Path) -> list[str]:
    """Return the tables of schema public that have no policy file."""
    rows = connection.execute("select tablename from pg_tables where schemaname = 'public' order by 1").fetchall()
    return [name for (name,) in rows if not (policies / f"{name}.sql").exists()]


def verify(dsn: str, policies: Path) -> list[str]:
    """Return what the policies folder would change. Rolled back, but it locks every table: for scratch databases."""
    with psycopg.connect(dsn) as connection:
        problems = [f"no policy file: public.{name}" for name in unlisted_tables(connection, policies)]
        before = state(connection)
        for path in sorted(policies.glob("*.sql")):
            connection.execute(path.read_bytes())
        after = state(connection)
        connection.rollback()
    names = sorted(before.keys() | after.keys())
    return problems + [
        f"{name}: the database has {before.get(name)}, the folder {after.get(name)}"
        for name in names
        if before.get(name) != after.get(name)
    ]
