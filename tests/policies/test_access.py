"""Every cell of the access matrix, in SQL as the role and through PostgREST, and what stands without a row filter."""

from collections.abc import Iterator

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.conftest import AsCaller, OwnDatabase
from tests.policies import matrix, reach
from tests.policies.access import is_allowed
from tests.policies.cast import Scene, Target, scene
from tests.policies.court import Court
from tests.world import World

HTTP_FORBIDDEN = {401, 403, 404, 405}
# The gate ends their requests, whatever they ask for.
TURNED_AWAY = {"key_of_banned"}


@pytest.fixture(scope="module")
def stage(world: World) -> Scene:
    return scene(world)


@pytest.mark.parametrize(("table", "name", "verb", "allowed"), matrix.cells())
def test_in_sql_as_the_role(court: Court, table: str, name: str, verb: str, allowed: bool) -> None:
    with court.hearing():
        assert is_allowed(court, court.stage.callers[name], verb, court.stage.targets[table]) is allowed


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
        assert not allowed or name in TURNED_AWAY, answer.text
        assert answer.status_code in HTTP_FORBIDDEN, answer.text


def test_every_table_and_every_caller_has_its_place(world: World, stage: Scene) -> None:
    tables = world.value("select array_agg(tablename::text) from pg_tables where schemaname = 'public'")
    assert set(tables) == set(matrix.WHO_MAY) == set(stage.targets) == set(reach.WHOSE) == set(reach.CHANGES)
    assert matrix.callers() == set(stage.callers) == {caller for caller, _, _ in reach.expected()}
    assert len(matrix.cells()) == len(tables) * len(stage.callers) * len(matrix.VERBS)


@pytest.fixture(scope="module")
def crowd(own_database: OwnDatabase) -> Iterator[tuple[World, httpx.Client, Scene]]:
    """A database with nobody in it but the cast."""
    with own_database("unfiltered") as (world, rest):
        yield world, rest, scene(world)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("table", reach.WHOSE)
def test_without_a_filter_and_without_an_answer_nobody_touches_more(
    crowd: tuple[World, httpx.Client, Scene], function_key: str, table: str, method: str
) -> None:
    world, rest, stage = crowd
    verb = {"PATCH": "update", "DELETE": "delete"}[method]

    def rows() -> set[str]:
        return set(world.value(f"select array_agg(t::text) from {table} as t"))

    for name, caller in stage.callers.items():
        before = rows()
        body = {column: str(value) for column, value in stage.targets[table].change.items()}
        headers = {"Prefer": "return=minimal", **caller.headers(function_key)}
        rest.request(method, f"/{table}", json=body if verb == "update" else None, headers=headers)
        assert len(before - rows()) == reach.expected()[name, table, verb], name


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
