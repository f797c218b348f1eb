"""Which address leads where: what is judged is what is passed on, and of lite only its Auth can be reached."""

from itertools import product

import pytest

from dev.stack import Stack
from tests.dev.sockets import Answer, ask
from tests.world import World

DOTS = ("..", "%2e%2e", "%2E%2e", ".%2e", "%2e.", "%252e%252e", "..;", "..%00")
SLASHES = ("/", "\\", "%2f", "%5c", "//", "%252f")
DETOURS = [
    *(f"/auth/v1{slash}{dots}{slash}{dots}{slash}_system{slash}info" for dots, slash in product(DOTS, SLASHES)),
    "/auth/v1/verify/../../../_system/info",
    "/auth/v1/_system/info",
    "/auth/v1/../../_system/info?x=/auth/v1/",
    "/auth/v1#/../../_system/info",
    "/auth/v1?/../../_system/info",
    "//auth/v1/../../_system/info",
    "//evil.example/_system/info",
    "/\\evil.example/_system/info",
    "http://x/auth/v1/../../_system/info",
    "http://x/_system/info",
    "/_system/info",
    "/rest/v1/../../_system/info",
    "/functions/v1/../../_system/info",
]


@pytest.fixture(scope="module")
def headers(stack: Stack, world: World) -> list[tuple[str, str]]:
    """Everything that a signed-in person has."""
    token = world.sign(world.person().claims(iss=f"{stack.url}/auth/v1"))
    return [("apikey", stack.publishable_key), ("Authorization", f"Bearer {token}")]


def assert_closed(answer: Answer) -> None:
    assert answer.status in {400, 404}, answer
    assert answer.kind == "application/json"
    assert b"postgres" not in answer.body.lower()


@pytest.mark.parametrize("path", DETOURS)
def test_no_detour_leads_to_lites_own_servers(stack: Stack, headers: list[tuple[str, str]], path: str) -> None:
    for method in ("GET", "POST"):
        assert_closed(ask(stack.ports.gateway, f"{method} {path}", headers))


@pytest.mark.parametrize(
    "path",
    [
        "/auth/v1/admin/../verify",
        "/auth/v1/x/../user",
        "/auth/v1//user",
        "/auth/v1/%75ser",
        "/rest/v1/../rest/v1/profiles",
        "/rest/v1/x/%2e%2e/profiles",
        "/rest/v1/x\\..\\profiles",
        "/functions/v1/core/../auth/profile",
        "http://x/rest/v1/profiles",
        "*",
    ],
)
def test_a_path_is_written_without_detours_behind_its_door_too(
    stack: Stack, headers: list[tuple[str, str]], path: str
) -> None:
    assert_closed(ask(stack.ports.gateway, f"GET {path}", headers))


@pytest.mark.parametrize("name", ["", "/", "/nothing", "/index.html", "/assets/main.js", "/admin/users", "/health/x"])
def test_what_auth_does_not_have_is_a_404_for_programs(stack: Stack, headers: list[tuple[str, str]], name: str) -> None:
    answer = ask(stack.ports.gateway, f"GET /auth/v1{name}", headers)
    assert (answer.status, answer.kind, answer.json()["code"]) == (404, "application/json", 404)


@pytest.mark.parametrize("name", ["constructor", "hasown", "valueof", "__proto__", "toString/x"])
def test_what_every_object_has_is_no_function(stack: Stack, name: str) -> None:
    answer = ask(stack.ports.gateway, f"GET /functions/v1/{name}", [])
    assert (answer.status, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_a_method_that_nobody_has_is_refused(stack: Stack, headers: list[tuple[str, str]]) -> None:
    for path in ("/auth/v1/settings", "/rest/v1/profiles"):
        assert ask(stack.ports.gateway, f"TRACE {path}", headers).status == 405


def test_what_comes_after_a_second_question_mark_is_kept(stack: Stack, headers: list[tuple[str, str]]) -> None:
    key = f"apikey={stack.publishable_key}"
    answer = ask(stack.ports.gateway, f"GET /rest/v1/profiles?select=id&{key}&id=eq.a?b", headers[1:])
    assert b'\\"a?b\\"' in answer.body
