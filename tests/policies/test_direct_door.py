"""What bounds clients that come straight to PostgREST."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from dev.stack import Stack
from tests.conftest import OwnDatabase
from tests.world import Person, World


@pytest.fixture(scope="module")
def door(own_database: OwnDatabase) -> Iterator[tuple[World, httpx.Client]]:
    prepare = """
        update private.settings set value = '16' where name = 'direct_writes_per_minute';
        update private.settings set value = '8' where name = 'anonymous_writes_per_minute';
    """
    with own_database("direct_door", prepare=prepare) as (world, rest):
        yield world, rest


def write(rest: httpx.Client, world: World, person: Person | None, **headers: str) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {world.sign(person.claims())}"} if person else {}
    return rest.patch(
        "/profiles",
        params={"id": "eq.00000000-0000-4000-8000-000000000000"},
        json={"display_name": "x"},
        headers=bearer | headers,
    )


def test_a_person_is_bounded_and_told_when_to_come_back(door: tuple[World, httpx.Client]) -> None:
    world, rest = door
    person, other = world.person(), world.person()
    answers = [write(rest, world, person) for _ in range(40)]
    count = Counter(answer.status_code for answer in answers)
    assert set(count) == {204, 429}
    assert 8 <= count[204] <= 16
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert answers[-1].json()["code"] == "PT429"
    assert write(rest, world, other).status_code == 204


def test_reads_are_not_counted(door: tuple[World, httpx.Client]) -> None:
    world, rest = door
    bearer = {"Authorization": f"Bearer {world.sign(world.person().claims())}"}
    assert {rest.get("/profiles", headers=bearer).status_code for _ in range(60)} == {200}
    assert {rest.post("/rpc/list_sessions", headers=bearer, json={}).status_code for _ in range(60)} == {200}


def spends(connection: psycopg.Connection, address: str, forged: str) -> bool:
    """Spend a write as nobody, in a transaction that is kept; tell whether it was allowed."""
    headers = {"cf-connecting-ip": address, "x-forwarded-for": forged}
    try:
        with connection.transaction():
            connection.execute("select set_config('request.headers', %s, true)", [json.dumps(headers)])
            connection.execute("set local role anon")
            connection.execute("select gate.spend_write()")
    except psycopg.Error as refused:
        if refused.sqlstate != "PGRST":
            raise
        return False
    return True


@pytest.mark.usefixtures("door")
def test_nobody_is_bounded_by_the_platforms_address_and_not_by_a_forged_one(stack: Stack) -> None:
    with psycopg.connect(stack.server.dsn("authenticator", "direct_door"), autocommit=True) as connection:
        allowed = sum(spends(connection, "198.51.100.9", f"9.9.9.{turn}") for turn in range(30))
        assert 4 <= allowed <= 8
        assert spends(connection, "198.51.100.10", "9.9.9.1")


def test_functions_are_not_counted_here(door: tuple[World, httpx.Client], function_key: str) -> None:
    world, rest = door
    person = world.person()
    answers = [write(rest, world, person, **{"X-Function-Key": function_key}) for _ in range(40)]
    assert {answer.status_code for answer in answers} == {204}


def test_writers_of_one_person_hardly_wait_for_each_other(door: tuple[World, httpx.Client]) -> None:
    world, rest = door
    person = world.person()
    with ThreadPoolExecutor(8) as pool:
        answers = [each.result() for each in [pool.submit(write, rest, world, person) for _ in range(64)]]
    count = Counter(answer.status_code for answer in answers)
    assert count[204] <= 18
    assert set(count) <= {204, 429}


def test_no_answer_has_more_rows_than_the_setting(rest: httpx.Client, world: World) -> None:
    owner = world.person()
    organization = world.organization(owner)
    world.run(
        "insert into audit_log (org_id, action, actor_kind) select %s, 'a.b', 'person' from generate_series(1, 1100)",
        organization,
    )
    bearer = {"Authorization": f"Bearer {world.sign(owner.claims())}"}
    rows = rest.get(
        "/audit_log", params={"org_id": f"eq.{organization}", "select": "id", "limit": "5000"}, headers=bearer
    ).json()
    assert len(rows) == 1000


@pytest.mark.parametrize(("role", "seconds"), [("anon", "3s"), ("authenticated", "8s")])
def test_statements_of_clients_end(world: World, role: str, seconds: str) -> None:
    assert f"statement_timeout={seconds}" in world.value("select rolconfig from pg_roles where rolname = %s", role)
