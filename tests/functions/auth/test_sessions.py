from uuid import uuid4

from functions.auth import sessions
from tests.functions.deployed import Ask
from tests.world import Person, World


def another_session(world: World, person: Person, agent: str = "a phone") -> str:
    session = str(uuid4())
    world.run(
        "insert into auth.sessions (id, user_id, user_agent, ip) values (%s, %s, %s, '192.0.2.9')",
        session,
        person.id,
        agent,
    )
    return session


def test_people_see_where_they_are_signed_in(ask: Ask, world: World) -> None:
    person = world.person()
    phone = another_session(world, person)
    another_session(world, world.person(), "somebody else's")
    items = {item["id"]: item for item in ask(sessions.app, "GET", "/auth/sessions", person).json()["data"]["items"]}
    assert set(items) == {phone, str(person.session_id)}
    assert (items[phone]["userAgent"], items[phone]["ip"], items[phone]["isCurrent"]) == ("a phone", "192.0.2.9", False)
    assert items[str(person.session_id)]["isCurrent"] is True


def test_signing_out_of_a_session_ends_it_at_once_and_once(ask: Ask, world: World) -> None:
    person = world.person()
    phone = another_session(world, person)
    on_the_phone = {"session_id": phone}
    assert ask(sessions.app, "GET", "/auth/sessions", person, **on_the_phone).status == 200
    assert ask(sessions.app, "DELETE", f"/auth/sessions/{phone}", person).json()["data"] == {"revoked": 1}
    assert ask(sessions.app, "GET", "/auth/sessions", person, **on_the_phone).status == 401
    assert ask(sessions.app, "DELETE", f"/auth/sessions/{phone}", person).status == 404


def test_nobody_signs_others_out(ask: Ask, world: World) -> None:
    person = world.person()
    assert ask(sessions.app, "DELETE", f"/auth/sessions/{person.session_id}", world.person()).status == 404
    assert ask(sessions.app, "GET", "/auth/sessions", person).status == 200
    assert ask(sessions.app, "GET", "/auth/sessions", None).status == 401


def test_signing_out_everywhere_else_keeps_this_session(ask: Ask, world: World) -> None:
    person = world.person()
    for _ in range(3):
        another_session(world, person)
    assert ask(sessions.app, "DELETE", "/auth/sessions", person).json()["data"] == {"revoked": 3}
    assert ask(sessions.app, "DELETE", "/auth/sessions", person).json()["data"] == {"revoked": 0}
