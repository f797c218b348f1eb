"""Settings and flags, as clients and functions are told of them."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from dev.stack import Stack
from functions.core import settings
from shared import cache, config, flags, keys
from shared.cache import Cache
from shared.credentials import Credentials
from shared.endpoint import Call
from shared.gate import Door
from shared.principal import Admitted, Principal
from shared.values import Secret, read_peppers
from shared.visit import Visit
from tests.functions.deployed import Ask
from tests.shared.asgi import Answer
from tests.shared.asgi import ask as ask_app
from tests.world import Key, Person, World

pytestmark = pytest.mark.usefixtures("core")
PATH = "/core/settings"


@pytest.fixture
def flag(world: World) -> Iterator[str]:
    """A public flag that is off."""
    name = f"tested_{uuid4().hex}"
    world.run("insert into private.feature_flags (name, public, description) values (%s, true, 'tested')", name)
    yield name
    world.run("delete from private.feature_flags where name = %s", name)


@pytest.fixture
def notice(world: World) -> Iterator[str]:
    """A public setting."""
    name, value = f"tested_{uuid4().hex}", '{"until": "noon"}'
    world.run(
        "insert into private.settings (name, value, description, public) values (%s, %s, 'tested', true)", name, value
    )
    yield name
    world.run("delete from private.settings where name = %s", name)


def turn(world: World, flag: str, **columns: Any) -> None:
    names = ", ".join(f"{column} = %s" for column in columns)
    world.run(f"update private.feature_flags set {names} where name = %s", *columns.values(), flag)


def told(answer: Answer) -> Any:
    assert answer.status == 200, answer.body
    return answer.json()["data"]


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_caches", {})


def test_a_person_is_told_what_is_public_and_nothing_else(ask: Ask, world: World, flag: str, notice: str) -> None:
    answer = told(ask(settings.app, "GET", PATH, world.person()))
    assert answer["settings"][notice] == {"until": "noon"}
    assert "audit_kept_months" not in answer["settings"]
    assert answer["flags"][flag] is False
    turn(world, flag, public=False)
    assert flag not in told(ask(settings.app, "GET", PATH, world.person()))["flags"]


def test_a_change_is_seen_after_thirty_seconds_at_the_latest(
    ask: Ask, world: World, flag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, person = time.time(), world.person()
    place = ("", config.settings().supabase_url)
    monkeypatch.setattr(cache, "_caches", {place: Cache(clock=lambda: now)})
    assert told(ask(settings.app, "GET", PATH, person))["flags"][flag] is False
    turn(world, flag, enabled=True, percentage=100)
    now += 29.9
    assert told(ask(settings.app, "GET", PATH, person))["flags"][flag] is False
    now += 0.1
    assert told(ask(settings.app, "GET", PATH, person))["flags"][flag] is True


def test_it_takes_two_trips_and_then_one(ask: Ask, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    person = world.person()
    for trips in (2, 1, 1):
        told(ask(settings.app, "GET", PATH, person))
        assert f'"trips": {trips}' in capsys.readouterr().out


def test_flags_are_decided_for_the_organization_that_is_named(
    ask: Ask, world: World, flag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = world.person()
    organization = world.organization(owner)
    turn(world, flag, enabled=True, organizations=[organization])
    assert told(ask(settings.app, "GET", PATH, owner))["flags"][flag] is False
    query = f"orgId={organization}"
    assert told(ask(settings.app, "GET", PATH, owner, query=query))["flags"][flag] is True
    assert ask(settings.app, "GET", PATH, world.person(), query=query).status == 404
    assert ask(settings.app, "GET", PATH, None).status == 401
    turn(world, flag, enabled=False)
    forget(monkeypatch)
    assert told(ask(settings.app, "GET", PATH, owner, query=query))["flags"][flag] is False


@pytest.fixture
def key(world: World, stack: Stack) -> tuple[str, Key]:
    """A key that our functions take, of an organization of its own."""
    maker = world.person()
    made = world.key(maker, world.organization(maker), ["profile:read"])
    drawn, text = keys.make("mainstay", live=False)
    [pepper] = read_peppers(f"1:{stack.keyring.pepper}")
    world.run("update api_keys set lookup = %s where id = %s", drawn.lookup, made.id)
    digest = drawn.digest(pepper)
    world.run(
        "update private.api_key_digests set digest = sha256(decode(%s, 'hex')) where key_id = %s", digest, made.id
    )
    return text.reveal(), made


def test_a_key_is_told_of_its_own_organization_and_of_no_other(world: World, flag: str, key: tuple[str, Key]) -> None:
    text, made = key
    header = [("X-API-Key", text)]
    turn(world, flag, enabled=True, organizations=[made.org_id])
    assert told(ask_app(settings.app, "GET", PATH, header))["flags"][flag] is True
    own = f"orgId={made.org_id}".encode()
    assert told(ask_app(settings.app, "GET", PATH, header, query=own))["flags"][flag] is True
    other = world.value("select private.personal_org(%s)", made.maker)
    assert ask_app(settings.app, "GET", PATH, header, query=f"orgId={other}".encode()).status == 404


def test_what_a_person_was_told_is_not_told_to_their_key(
    ask: Ask, world: World, flag: str, key: tuple[str, Key]
) -> None:
    text, made = key
    maker = Person(made.maker, uuid4(), made.org_id)
    world.run("insert into auth.sessions (id, user_id, aal) values (%s, %s, 'aal1')", maker.session_id, maker.id)
    other = world.organization(maker)
    turn(world, flag, enabled=True, organizations=[other])
    query = f"orgId={other}"
    assert told(ask(settings.app, "GET", PATH, maker, query=query))["flags"][flag] is True
    assert ask_app(settings.app, "GET", PATH, [("X-API-Key", text)], query=query.encode()).status == 404


def call_of(person: Person, world: World) -> Call:
    credentials = Credentials("person", "Authorization", Secret(f"Bearer {world.sign(person.claims())}"))
    visit = Visit(method="GET", path="/", request_id="request-0001")
    door = Door(config.settings(), visit, credentials)
    admitted = Admitted(Principal(kind="person", id=str(person.id)), None)  # type: ignore[arg-type]
    return Call(config.settings(), door, admitted=admitted)


def test_functions_know_hidden_flags_and_every_setting(world: World, flag: str) -> None:
    turn(world, flag, enabled=True, percentage=100, public=False)
    call = call_of(world.person(), world)
    assert flags.is_on(call, flag) is True
    assert flags.is_on(call, "nobody_made_this") is False
    assert flags.setting(call, "audit_kept_months") == 24
    assert flags.setting(call, "nobody_made_this") is None
    assert flag not in flags.configuration(call)["public"]["flags"]


def rpc(rest: httpx.Client, world: World, person: Person | None, function: str, **arguments: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {world.sign(person.claims())}"} if person else {}
    return rest.post(f"/rpc/{function}", headers=headers, json=arguments)


def test_clients_ask_the_database_themselves(rest: httpx.Client, world: World, flag: str, notice: str) -> None:
    owner = world.person()
    organization: UUID = world.organization(owner)
    turn(world, flag, enabled=True, organizations=[organization])
    assert rpc(rest, world, owner, "flags").json()[flag] is False
    assert rpc(rest, world, owner, "flags", org_id=str(organization)).json()[flag] is True
    assert rpc(rest, world, world.person(), "flags", org_id=str(organization)).status_code == 404
    assert rpc(rest, world, owner, "public_settings").json()[notice] == {"until": "noon"}
    for function in ("flags", "public_settings"):
        assert rpc(rest, world, None, function).status_code == 401
