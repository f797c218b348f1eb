"""The catalogue against the grants manifest, and a function's keys against its rows of it."""

import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest

from dev.stack import Stack
from ops.function_keys import MAY_ACT_AS
from tests.world import World

MANIFEST: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "grants.toml").read_text())
OURS = "('public', 'private', 'backend', 'gate', 'hooks')"

SCHEMAS = "select array_agg(nspname::text) from pg_namespace where nspname !~ '^(pg_|information_schema)' and has_schema_privilege(%s, oid, 'usage')"
FUNCTIONS = f"""
select coalesce(array_agg(distinct n.nspname || '.' || p.proname), '{{}}')
from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace
where n.nspname in {OURS} and p.prorettype <> 'trigger'::regtype and has_function_privilege(%s, p.oid, 'execute')
"""
VERBS = f"""
select n.nspname || '.' || c.relname, verb
from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace,
    unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain']) as verb
where n.nspname in {OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f') and has_table_privilege(%s, c.oid, verb)
"""
COLUMNS = f"""
select n.nspname || '.' || c.relname, verb || '(' || string_agg(a.attname, ',' order by a.attname) || ')'
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
    unnest(array['select', 'insert', 'update', 'references']) as verb
where n.nspname in {OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not has_table_privilege(%s, c.oid, verb) and has_column_privilege(%s, c.oid, a.attnum, verb)
group by 1, verb
"""


def granted(world: World, role: str) -> dict[str, list[str]]:
    """Return the verbs that a role holds on each table, as the manifest writes them."""
    tables: dict[str, list[str]] = {}
    rows = world.connection.execute(VERBS.encode(), [role]).fetchall()
    rows += world.connection.execute(COLUMNS.encode(), [role, role]).fetchall()
    for table, verb in sorted(rows):
        tables.setdefault(table, []).append(verb)
    return tables


@pytest.mark.parametrize("role", MANIFEST)
def test_a_role_holds_what_the_manifest_says_and_nothing_else(world: World, role: str) -> None:
    assert set(world.value(SCHEMAS, role)) == set(MANIFEST[role]["schemas"])
    assert sorted(world.value(FUNCTIONS, role)) == sorted(MANIFEST[role]["functions"])
    assert granted(world, role) == MANIFEST[role].get("tables", {})


def test_the_manifest_names_every_role_a_request_can_run_as(world: World) -> None:
    reachable = world.value(
        "select array_agg(rolname::text) from pg_roles where pg_has_role('authenticator', oid, 'member')"
    )
    assert set(reachable) <= set(MANIFEST) | {"authenticator"}


def test_nothing_is_granted_by_default(world: World) -> None:
    world.run("create table public.born_today (id int primary key)")
    world.run("create function public.born_today() returns int language sql return 1")
    try:
        for role in MANIFEST:
            assert "public.born_today" not in granted(world, role)
            assert "public.born_today" not in world.value(FUNCTIONS, role)
    finally:
        world.run("drop function public.born_today()")
        world.run("drop table public.born_today")


def exposed(world: World) -> list[tuple[str, str, str]]:
    """Return (schema, path, qualified name) of everything that PostgREST could be asked for."""
    tables = world.connection.execute(
        b"select schemaname, tablename from pg_tables where schemaname in ('public', 'backend')"
    )
    functions = world.connection.execute(
        b"select distinct n.nspname, p.proname from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace"
        b" where n.nspname in ('public', 'backend')"
    )
    found = [(schema, f"/{name}", f"{schema}.{name}") for schema, name in tables.fetchall()]
    return found + [(schema, f"/rpc/{name}", f"{schema}.{name}") for schema, name in functions.fetchall()]


@pytest.mark.parametrize("unit", MAY_ACT_AS)
def test_a_functions_key_reaches_nothing_beyond_its_rows(
    world: World, rest: httpx.Client, stack: Stack, unit: str
) -> None:
    roles = world.value("select array_agg(rolname::text) from pg_roles")
    opened = set()
    for role in [None, *roles]:
        act_as = {"X-Act-As": role} if role else {}
        for schema, path, name in exposed(world):
            profile = {"Accept-Profile": schema, "Content-Profile": schema}
            headers = {"X-Function-Key": stack.function_key(unit), **act_as, **profile}
            arguments = {"route": "x"} if name == "backend.admit" else {}
            answer = (
                rest.post(path, headers=headers, json=arguments) if "/rpc/" in path else rest.get(path, headers=headers)
            )
            if answer.is_success:
                opened.add((role, name))
    assert opened == {(role, name) for role in MAY_ACT_AS[unit] for name in MANIFEST[role]["functions"]}


def test_api_roles_own_nothing(world: World) -> None:
    owners = world.value(
        "select array_agg(distinct pg_get_userbyid(relowner)::text) from pg_class as c"
        f" inner join pg_namespace as n on n.oid = c.relnamespace where n.nspname in {OURS}"
    )
    assert owners == ["postgres"]
