"""What gate.enter() makes of every combination of headers."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import OwnDatabase
from tests.policies.cast import ALL_SCOPES
from tests.world import Key, Person, World

# What the caller is, as the database sees it after the gate.
WHO_AM_I = """
create or replace function public.who_am_i() returns jsonb language sql stable as $$
    select jsonb_build_object(
        'role', current_user, 'claims', current_setting('request.jwt.claims', true)::jsonb,
        'function', nullif(current_setting('mainstay.function', true), ''),
        'client_ip', nullif(current_setting('mainstay.client_ip', true), ''),
        'request_id', nullif(current_setting('mainstay.request_id', true), ''),
        'agent', nullif(current_setting('mainstay.client_agent', true), ''),
        'idempotency', nullif(current_setting('mainstay.idempotency', true), '')
    )
$$;
grant usage on schema public, private to gatekeeper, observer;
grant execute on function public.who_am_i() to public;
"""


@dataclass(frozen=True)
class Door:
    """PostgREST on a database of its own that can say who it takes the caller for."""

    rest: httpx.Client
    world: World
    person: Person
    key: Key

    def ask(self, headers: dict[str, str], path: str = "/rpc/who_am_i") -> httpx.Response:
        return self.rest.get(path, headers=headers)

    def bearer(self, **changes: object) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.world.sign(self.person.claims(**changes))}"}

    def function(self, **columns: object) -> dict[str, str]:
        secret = f"mainstay_fn_test_{uuid4()}"
        row = {"name": "test", "may_act_as": ["gatekeeper"], "ip_ranges": None, "expires_in": "1 day"} | columns
        self.world.run(
            "insert into private.function_keys (digest, name, may_act_as, ip_ranges, expires_at)"
            " values (%s, %s, %s, %s::cidr[], now() + %s::interval)",
            *(hashlib.sha256(secret.encode()).digest(), *row.values()),
        )
        return {"X-Function-Key": secret}


@pytest.fixture(scope="module")
def door(own_database: OwnDatabase) -> Iterator[Door]:
    with own_database("gate", prepare=WHO_AM_I) as (world, rest):
        person = world.person()
        yield Door(rest, world, person, world.key(person, person.personal_org, ALL_SCOPES))


def test_without_our_headers_the_role_of_the_verified_token_stands(door: Door) -> None:
    assert door.ask({}).json()["role"] == "anon"
    answer = door.ask(door.bearer()).json()
    assert (answer["role"], answer["claims"]["sub"]) == ("authenticated", str(door.person.id))


def test_what_a_client_says_of_itself_is_not_believed(door: Door) -> None:
    said = {
        "X-Client-Ip": "9.9.9.9",
        "X-Request-Id": "forged-by-client",
        "X-Client-Agent": "forged",
        "X-Idempotency": "forged",
        "X-Forwarded-For": "9.9.9.9",
    }
    for caller in ({}, door.bearer()):
        answer = door.ask({**caller, **said}).json()
        told = ("function", "client_ip", "request_id", "agent", "idempotency")
        assert [answer[name] for name in told] == [None] * 5


def test_a_function_is_believed(door: Door) -> None:
    said = {"X-Client-Ip": "192.0.2.7", "X-Request-Id": "a-request-of-ours", "X-Client-Agent": "curl"}
    answer = door.ask({**door.function(), **said, "X-Idempotency": "claimed", **door.bearer()}).json()
    told = [answer[name] for name in ("function", "client_ip", "request_id", "agent", "idempotency")]
    assert told == ["test", "192.0.2.7", "a-request-of-ours", "curl", "claimed"]
    assert (answer["role"], answer["claims"]["sub"]) == ("authenticated", str(door.person.id))


def test_acting_as_a_role_keeps_the_claims_of_the_person(door: Door) -> None:
    answer = door.ask({**door.function(), "X-Act-As": "gatekeeper", **door.bearer()}).json()
    assert (answer["role"], answer["claims"]["sub"]) == ("gatekeeper", str(door.person.id))


def test_a_valid_key_becomes_the_integrator(door: Door) -> None:
    answer = door.ask({**door.function(), "X-Api-Key": door.key.presented()}).json()
    assert (answer["role"], answer["claims"]) == ("integrator", door.key.claims())


@pytest.mark.parametrize(
    "act_as", ["observer", "authenticated", "service_role", "postgres", "integrator", "anon", "", "nobody"]
)
def test_a_function_acts_only_as_what_its_key_lists(door: Door, act_as: str) -> None:
    answer = door.ask({**door.function(), "X-Act-As": act_as, **door.bearer()})
    assert (answer.status_code, answer.json()["code"]) == (403, "PT403")


BAD_FUNCTIONS: dict[str, dict[str, Any]] = {
    "missing": {},
    "empty": {"X-Function-Key": ""},
    "unknown": {"X-Function-Key": "mainstay_fn_test_unknown"},
    "expired": {"expires_in": "-1 second"},
    "from elsewhere": {"ip_ranges": ["192.0.2.0/24"]},
    "from elsewhere, lying": {"ip_ranges": ["192.0.2.0/24"], "X-Forwarded-For": "192.0.2.1"},
}


@pytest.mark.parametrize("header", ["X-Act-As", "X-Api-Key", None])
@pytest.mark.parametrize("name", BAD_FUNCTIONS)
def test_without_a_valid_function_key_nothing_is_granted(door: Door, name: str, header: str | None) -> None:
    if (name, header) == ("missing", None):
        assert door.ask({}).json()["role"] == "anon"
        return
    said = BAD_FUNCTIONS[name]
    columns = {key: value for key, value in said.items() if not key.startswith("X-")}
    headers = {key: value for key, value in said.items() if key.startswith("X-")}
    headers |= door.function(**columns) if columns else {}
    headers |= {"X-Act-As": {"X-Act-As": "gatekeeper"}, "X-Api-Key": {"X-Api-Key": door.key.presented()}}.get(
        header or "", {}
    )
    answer = door.ask(headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["hint"]) == (401, "PT401", "X-Function-Key")


def test_the_platforms_address_opens_a_function_key_bound_to_it(door: Door) -> None:
    bound = door.function(ip_ranges=["192.0.2.0/24", "2001:db8::/32"])
    for address in ("192.0.2.1", "2001:db8::1"):
        assert door.ask({**bound, "Cf-Connecting-Ip": address}).status_code == 200
    for address in ("198.51.100.1", "not an address", ""):
        assert door.ask({**bound, "Cf-Connecting-Ip": address}).status_code == 401


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda value: value[:-1] + ("0" if value[-1] != "0" else "1"), id="wrong digest"),
        pytest.param(lambda value: "A" * 12 + value[12:], id="unknown id"),
        pytest.param(lambda value: value.replace(".1:", ".2:"), id="another pepper"),
        pytest.param(lambda value: value.replace(":", ""), id="no pepper"),
        pytest.param(lambda value: value + ",", id="trailing comma"),
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda _: "' or true --", id="injection"),
        pytest.param(lambda value: ",".join([value] * 9), id="too many"),
    ],
)
def test_a_key_that_does_not_match_is_refused(door: Door, spoil: Callable[[str], str]) -> None:
    answer = door.ask({**door.function(), "X-Api-Key": spoil(door.key.presented())})
    assert (answer.status_code, answer.json()["code"]) == (401, "PT401")


def test_a_key_is_found_under_any_of_the_peppers_presented(door: Door) -> None:
    digest = door.key.presented().split(":")[1]
    presented = f"{door.key.lookup}.2:{'0' * 64},1:{digest}"
    assert door.ask({**door.function(), "X-Api-Key": presented}).json()["role"] == "integrator"


def test_a_key_and_a_person_at_once_are_refused(door: Door) -> None:
    answer = door.ask({**door.function(), **door.bearer(), "X-Api-Key": door.key.presented()})
    assert (answer.status_code, answer.json()["code"]) == (400, "PT400")


def test_a_function_does_not_act_for_the_service_role(door: Door) -> None:
    service = {"Authorization": f"Bearer {door.world.sign({'role': 'service_role', 'aud': 'authenticated'})}"}
    assert door.ask(service).json()["role"] == "service_role"
    assert door.ask({**door.function(), **service}).status_code == 403


def test_callers_shuffled_over_one_connection_never_see_each_other(door: Door) -> None:
    function, gatekeeper = door.function(), {**door.function(), "X-Act-As": "gatekeeper"}
    callers = [
        ({}, "anon", None),
        (door.bearer(), "authenticated", None),
        ({**function, **door.bearer(), "X-Client-Ip": "192.0.2.7"}, "authenticated", "test"),
        ({**gatekeeper, **door.bearer()}, "gatekeeper", "test"),
        ({**function, "X-Api-Key": door.key.presented(), "X-Request-Id": "mine"}, "integrator", "test"),
    ]
    for turn in range(60):
        headers, role, name = callers[turn * 7 % 11 % len(callers)]
        answer = door.ask(headers).json()
        assert (answer["role"], answer["function"]) == (role, name)
        assert answer["client_ip"] == headers.get("X-Client-Ip")
        assert answer["request_id"] == headers.get("X-Request-Id")
        assert ("sub" in answer["claims"]) == (role != "anon")


def test_a_refusal_leaves_nothing_behind(door: Door) -> None:
    door.ask({**door.function(), "X-Act-As": "observer", "X-Client-Ip": "192.0.2.7"})
    answer = door.ask({}).json()
    assert (answer["role"], answer["function"], answer["client_ip"]) == ("anon", None, None)
