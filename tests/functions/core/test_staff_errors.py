"""Error reports as staff see them."""

from typing import Any
from uuid import uuid4

import pytest

from functions.core import error_reports
from tests.functions.deployed import Ask
from tests.shared.asgi import Answer
from tests.world import Person, World

pytestmark = pytest.mark.usefixtures("core")
PATH = "/core/errors"


@pytest.fixture
def colleague(world: World) -> Person:
    """Somebody on the staff."""
    person = world.person()
    world.run("insert into private.staff (user_id, role) values (%s, 'ops')", person.id)
    return person


def kind(world: World, severity: str = "low", seen: str = "1 hour") -> str:
    """Make a kind of error that was last seen so long ago."""
    made = world.value(
        "insert into private.error_reports (fingerprint, category, message, severity, metadata, last_seen_at)"
        " values (sha256(convert_to(%s, 'utf8')), 'tests', 'x', %s, '{}', now() - %s::interval) returning id",
        *(str(uuid4()), severity, seen),
    )
    return str(made)


def trace(world: World, person: Person) -> list[Any]:
    return world.connection.execute(
        "select action, subject, success from audit_log where actor_id = %s and action like 'staff.%%' order by id",
        [person.id],
    ).fetchall()


def ids(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [each["id"] for each in answer.json()["data"]["items"]]


def test_staff_with_a_second_factor_and_nobody_else(ask: Ask, world: World, colleague: Person) -> None:
    made = kind(world)
    for method, path in (("GET", PATH), ("GET", f"{PATH}/{made}"), ("POST", f"{PATH}/{made}/resolve")):
        assert ask(error_reports.app, method, path, None).status == 401
        assert ask(error_reports.app, method, path, world.person(), aal="aal2").status == 403
        assert ask(error_reports.app, method, path, colleague).status == 403
        assert ask(error_reports.app, method, path, colleague, aal="aal2").status == 200


def test_pages_go_from_the_latest_seen_back(ask: Ask, world: World, colleague: Person) -> None:
    made = [kind(world, "critical", f"-{minutes} minutes") for minutes in (30, 20, 20, 10)]
    found: list[str] = []
    query = "limit=3&severity=critical"
    cursor = ""
    for _ in range(2):
        answer = ask(error_reports.app, "GET", PATH, colleague, query=query + cursor, aal="aal2")
        found += ids(answer)
        cursor = f"&cursor={answer.json()['data']['nextCursor']}"
    assert found[0] == made[0]
    assert sorted(found[1:3]) == sorted(made[1:3])
    assert found[3] == made[3]
    assert len(set(found)) == len(found)
    world.run("delete from private.error_reports where id = any(%s::uuid[])", made)


def test_what_is_resolved_is_listed_apart(ask: Ask, world: World, colleague: Person) -> None:
    made = kind(world, seen="-1 hour")
    path = f"{PATH}/{made}/resolve"
    first, again = (ask(error_reports.app, "POST", path, colleague, aal="aal2").json()["data"] for _ in range(2))
    assert first == again
    assert (first["resolvedBy"], first["resolvedAt"] is not None) == (str(colleague.id), True)
    assert made not in ids(ask(error_reports.app, "GET", PATH, colleague, query="limit=100", aal="aal2"))
    resolved = ask(error_reports.app, "GET", PATH, colleague, query="resolved=true&limit=100", aal="aal2")
    assert made in ids(resolved)
    assert ask(error_reports.app, "GET", f"{PATH}/{made}", colleague, aal="aal2").json()["data"] == first


def test_what_is_not_there_is_not_found(ask: Ask, colleague: Person) -> None:
    for method, path in (("GET", f"{PATH}/{uuid4()}"), ("POST", f"{PATH}/{uuid4()}/resolve")):
        assert ask(error_reports.app, method, path, colleague, aal="aal2").status == 404


def test_each_act_of_staff_leaves_a_trace(ask: Ask, world: World, colleague: Person) -> None:
    made = kind(world)
    ask(error_reports.app, "GET", PATH, colleague, aal="aal2")
    ask(error_reports.app, "GET", f"{PATH}/{made}", colleague, aal="aal2")
    ask(error_reports.app, "POST", f"{PATH}/{made}/resolve", colleague, aal="aal2")
    ask(error_reports.app, "POST", f"{PATH}/{made}/resolve", colleague, aal="aal2")
    assert trace(world, colleague) == [
        ("staff.list_errors", None, True),
        ("staff.read_error", made, True),
        ("staff.resolve_error", made, True),
        ("staff.resolve_error", made, False),
    ]
