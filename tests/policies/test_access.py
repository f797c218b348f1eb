"""Every cell of the access matrix, in SQL as the role and through PostgREST."""

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.conftest import AsCaller
from tests.policies import matrix
from tests.policies.cast import Scene, Target, scene
from tests.world import World

HTTP_FORBIDDEN = {401, 403, 404, 405}


@pytest.fixture(scope="module")
def stage(world: World) -> Scene:
    return scene(world)


def in_sql(verb: str, target: Target) -> tuple[sql.Composed, list[object]]:
    """Return the statement of a verb; changes return a row each, so that a silent nothing shows."""
    table = sql.Identifier("public", target.table)
    where = sql.SQL(" and ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in target.find)
    found = list(target.find.values())
    if verb == "insert":
        names = sql.SQL(", ").join(map(sql.Identifier, target.add))
        values = sql.SQL(", ").join([sql.Placeholder()] * len(target.add))
        return sql.SQL("insert into {} ({}) values ({})").format(table, names, values), list(target.add.values())
    if verb == "update":
        changes = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in target.change)
        return sql.SQL("update {} set {} where {} returning 1").format(table, changes, where), [
            *target.change.values(),
            *found,
        ]
    if verb == "delete":
        return sql.SQL("delete from {} where {} returning 1").format(table, where), found
    if verb == "truncate":
        return sql.SQL("truncate {} cascade").format(table), []
    return sql.SQL("select 1 from {} where {}").format(table, where), found


def allowed_in_sql(connection: psycopg.Connection, statement: sql.Composed, values: list[object]) -> bool:
    try:
        cursor = connection.execute(statement, values)
    except psycopg.errors.InsufficientPrivilege:
        return False
    return cursor.rowcount != 0


@pytest.mark.parametrize(("table", "name", "verb", "allowed"), matrix.cells())
def test_in_sql_as_the_role(stage: Scene, as_caller: AsCaller, table: str, name: str, verb: str, allowed: bool) -> None:
    caller = stage.callers[name]
    with as_caller(caller.role, caller.claims) as connection:
        assert allowed_in_sql(connection, *in_sql(verb, stage.targets[table])) is allowed


def over_http(rest: httpx.Client, verb: str, target: Target, headers: dict[str, str]) -> httpx.Response:
    method = {"select": "GET", "insert": "POST", "update": "PATCH", "delete": "DELETE"}[verb]
    body = {"insert": target.add, "update": target.change}.get(verb)
    return rest.request(
        method,
        f"/{target.table}",
        params={} if verb == "insert" else {name: f"eq.{value}" for name, value in target.find.items()},
        json=body and {name: value if isinstance(value, list) else str(value) for name, value in body.items()},
        headers={"Prefer": "return=representation", **headers},
    )


@pytest.mark.parametrize(
    ("table", "name", "verb", "allowed"), [cell for cell in matrix.cells() if cell[2] != "truncate"]
)
def test_through_postgrest(
    stage: Scene, rest: httpx.Client, function_key: str, table: str, name: str, verb: str, allowed: bool
) -> None:
    answer = over_http(rest, verb, stage.targets[table], stage.callers[name].headers(function_key))
    if answer.is_success:
        assert bool(answer.json()) is allowed
    else:
        assert not allowed, answer.text
        assert answer.status_code in HTTP_FORBIDDEN, answer.text


def test_every_table_and_every_caller_has_its_place(world: World, stage: Scene) -> None:
    tables = world.value("select array_agg(tablename::text) from pg_tables where schemaname = 'public'")
    assert set(tables) == set(matrix.WHO_MAY) == set(stage.targets)
    assert matrix.callers() == set(stage.callers)
    assert len(matrix.cells()) == len(tables) * len(stage.callers) * len(matrix.VERBS)


def test_nobody_reaches_a_private_table(world: World, stage: Scene, as_caller: AsCaller) -> None:
    tables = world.value("select array_agg(tablename::text) from pg_tables where schemaname = 'private'")
    statements = ("select from {}", "insert into {} default values", "delete from {}", "truncate {}")
    for caller in stage.callers.values():
        for table in tables:
            for statement in statements:
                with (
                    as_caller(caller.role, caller.claims) as connection,
                    pytest.raises(psycopg.errors.InsufficientPrivilege),
                ):
                    connection.execute(sql.SQL(statement).format(sql.Identifier("private", table)))


def test_no_role_that_a_request_runs_as_bypasses_policies(world: World) -> None:
    powerful = world.value(
        "select array_agg(rolname::text) from pg_roles where (rolsuper or rolbypassrls)"
        " and pg_has_role('authenticator', oid, 'member') and rolname <> 'service_role'"
    )
    assert powerful is None
