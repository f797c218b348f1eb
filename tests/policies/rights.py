"""The catalogue against the grants manifest: what each role may touch, what it is, and what it would be given by default."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.policies.court import Court

MANIFEST: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "grants.toml").read_text())
OURS = "('public', 'private', 'backend', 'gate', 'hooks')"
# Theirs too: what the platform has, and nothing that we added.
THEIRS = "('auth', 'storage', 'extensions', 'realtime', 'vault', 'supabase_migrations')"
ROLES = f"unnest(array{list(MANIFEST)!r}) as r(role)"
NARROW = ("integrator", "gatekeeper", "billing_writer", "job_runner", "staff_reader", "observer")

SCHEMAS = f"""
select r.role, array_agg(n.nspname || case v.verb when 'create' then ' create' else '' end order by n.nspname, v.verb)
from pg_namespace as n, {ROLES}, unnest(array['usage', 'create']) as v(verb)
where n.nspname !~ '^(pg_|information_schema)' and has_schema_privilege(r.role, n.oid, v.verb) group by r.role
"""
FUNCTIONS = f"""
select r.role, array_agg(distinct n.nspname || '.' || p.proname)
from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace, {ROLES}
where n.nspname in {OURS} and p.prorettype <> 'trigger'::regtype and has_function_privilege(r.role, p.oid, 'execute') group by r.role
"""
TABLES = f"""
select r.role, n.nspname || '.' || c.relname, array_agg(v.verb order by v.verb)
from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace, {ROLES},
    unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain']) as v(verb)
where n.nspname in {OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f') and has_table_privilege(r.role, c.oid, v.verb) group by 1, 2
"""
COLUMNS = f"""
select r.role, n.nspname || '.' || c.relname, v.verb || '(' || string_agg(a.attname, ',' order by a.attname) || ')'
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attacl is not null, {ROLES},
    unnest(array['select', 'insert', 'update', 'references']) as v(verb)
where n.nspname in {OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not has_table_privilege(r.role, c.oid, v.verb) and has_column_privilege(r.role, c.oid, a.attnum, v.verb)
group by 1, 2, v.verb
"""
SEQUENCES = f"""
select r.role, n.nspname || '.' || c.relname from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace, {ROLES}
where n.nspname in {OURS} and c.relkind = 'S' and has_sequence_privilege(r.role, c.oid, 'usage, select, update')
"""
# Every entry of an access list that names one of our roles, or everybody, beside what the platform has.
FOREIGN = f"""
select coalesce(nullif(a.grantee, 0)::regrole::text, 'public') || ' ' || lower(a.privilege_type) || ' ' || o.name
from (
    select n.nspname || '.' || c.relname as name, c.relacl as acl from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace where n.nspname in {THEIRS}
    union all
    select n.nspname || '.' || c.relname || '.' || t.attname, t.attacl from pg_attribute as t inner join pg_class as c on c.oid = t.attrelid
    inner join pg_namespace as n on n.oid = c.relnamespace where n.nspname in {THEIRS} and t.attacl is not null
    union all
    select n.nspname || '.' || p.proname, p.proacl from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace where n.nspname in {THEIRS}
) as o, aclexplode(o.acl) as a
where a.grantee = 0 or a.grantee::regrole::text = any(%s)
"""
# What everybody has of the platform, in words: pg_stat_statements shows each role its own statements.
PLATFORM = {
    "public select extensions.pg_stat_statements",
    "public select extensions.pg_stat_statements_info",
}
DEFAULTS = """
select d.defaclrole::regrole || ' ' || coalesce(nullif(d.defaclnamespace, 0)::regnamespace::text, '*') || ' ' || d.defaclobjtype::text
    || ' ' || coalesce(nullif(a.grantee, 0)::regrole::text, 'public') || ' ' || lower(a.privilege_type)
from pg_default_acl as d, aclexplode(d.defaclacl) as a
where a.grantee <> d.defaclrole and not (d.defaclnamespace = to_regnamespace('auth') and a.grantee = 'postgres'::regrole)
"""


def grouped(rows: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], list[str]]:
    """Return the last column of each row, a list or a text, under the columns before it."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for *key, values in rows:
        found.setdefault(tuple(key), []).extend(values if isinstance(values, list) else [values])
    return {key: sorted(values) for key, values in found.items()}


def judge(court: Court) -> Iterator[str]:
    """Tell of everything that some role may and the manifest does not say, or the other way round."""
    ask = court.connection.execute
    schemas, functions = grouped(ask(SCHEMAS.encode()).fetchall()), grouped(ask(FUNCTIONS.encode()).fetchall())
    tables = grouped(ask(TABLES.encode()).fetchall() + ask(COLUMNS.encode()).fetchall())
    for role, due in MANIFEST.items():
        if schemas.get((role,), []) != sorted(due["schemas"]):
            yield f"{role} may use the schemas {schemas.get((role,))}"
        if different := set(functions.get((role,), [])) ^ set(due["functions"]):
            yield f"{role} differs in functions: {sorted(different)}"
        held = {table: verbs for (who, table), verbs in tables.items() if who == role}
        if held != due.get("tables", {}):
            yield f"{role} holds {held}"
    yield from (f"{role} may use the sequence {name}" for role, name in ask(SEQUENCES.encode()).fetchall())
    foreign = {
        row[0] for row in ask(FOREIGN.encode(), [[r for r in MANIFEST if r != "supabase_auth_admin"]]).fetchall()
    }
    yield from (f"of the platform's: {name}" for name in sorted(foreign ^ PLATFORM))
    yield from (f"by default: {name}" for (name,) in ask(DEFAULTS.encode()).fetchall())
    public = "select 'public ' || acl.privilege_type || ' ' || n.nspname from pg_namespace as n, aclexplode(n.nspacl) as acl where acl.grantee = 0 and n.nspname !~ '^pg_|information_schema'"
    if (found := [name for (name,) in ask(public.encode()).fetchall()]) != ["public USAGE public"]:
        yield f"everybody may: {found}"


ATTRIBUTES = """
select rolname::text, rolcanlogin, rolinherit, rolcreaterole, rolcreatedb, rolsuper, rolbypassrls, rolreplication, rolpassword is not null
from pg_authid where rolname = any(%s)
"""
MEMBERS = """
select m.member::regrole::text, m.roleid::regrole::text, m.inherit_option, m.set_option, m.admin_option
from pg_auth_members as m where m.roleid::regrole::text = any(%s) or m.member::regrole::text = any(%s)
"""
# What the roles of requests are: (login, inherit, create role, create database, superuser, past policies, replication, password).
NOTHING = (False,) * 8
ROLES_ARE: dict[str, tuple[bool, ...]] = dict.fromkeys(NARROW, NOTHING)
ROLES_ARE |= {"anon": (False, True, *NOTHING[2:]), "authenticated": (False, True, *NOTHING[2:])}
ROLES_ARE |= {
    "service_role": (False, True, False, False, False, True, False, False),
    "authenticator": (True, *NOTHING[1:7], True),
}


def judge_roles(court: Court) -> Iterator[str]:
    """Tell of a role that is more than it should be: logs in, has a password, passes policies, or belongs to another."""
    court.connection.execute(b"set local session authorization supabase_admin")
    rows = court.connection.execute(ATTRIBUTES.encode(), [list(ROLES_ARE)]).fetchall()
    court.connection.execute(b"set local session authorization postgres")
    found = {name: tuple(attributes) for name, *attributes in rows}
    yield from (f"{role} is {found.get(role)}" for role in ROLES_ARE if found.get(role) != ROLES_ARE[role])
    members = set(court.connection.execute(MEMBERS.encode(), [list(ROLES_ARE), list(ROLES_ARE)]).fetchall())
    # A role's maker administers it and neither inherits nor becomes it; the platform's three are the owner's too.
    due = {("authenticator", role, False, True, False) for role in ROLES_ARE if role != "authenticator"}
    due |= {("postgres", role, False, False, True) for role in (*NARROW, "authenticator")}
    due |= {("postgres", role, True, True, True) for role in ("anon", "authenticated", "service_role")}
    yield from (f"membership: {row}" for row in sorted(members ^ due))
