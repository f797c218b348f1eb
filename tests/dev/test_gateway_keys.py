import http.client
from collections.abc import Iterator

import httpx
import jwt
import pytest

from dev.stack import Stack


@pytest.fixture(scope="module")
def door(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url) as client:
        yield client


def role_seen(door: httpx.Client, headers: dict[str, str]) -> tuple[int, str]:
    """Ask for what only service_role may read; PostgREST names the right that was missing."""
    answer = door.get("/rest/v1/profiles", params={"select": "id", "limit": "1"}, headers=headers)
    return answer.status_code, answer.text


def test_without_a_key_nothing_of_supabase_answers(door: httpx.Client) -> None:
    for path in ("/rest/v1/profiles", "/auth/v1/user", "/auth/v1/settings"):
        answer = door.get(path)
        assert (answer.status_code, answer.json()["message"]) == (401, "No API key found in request")


@pytest.mark.parametrize("key", ["", "sb_publishable_wrong", "sb_secret_wrong", "x" * 4000])
def test_a_wrong_key_is_refused(door: httpx.Client, key: str) -> None:
    assert role_seen(door, {"apikey": key})[0] == 401


def test_two_keys_are_refused_even_if_one_is_right(stack: Stack, door: httpx.Client) -> None:
    both = [("apikey", stack.publishable_key), ("apikey", stack.secret_key)]
    assert door.get("/rest/v1/profiles", headers=both).json()["message"] == "Invalid API key"


def test_the_publishable_key_is_nobody_in_every_form_that_clients_send(stack: Stack, door: httpx.Client) -> None:
    key = stack.publishable_key
    for headers in ({"apikey": key}, {"apikey": key, "Authorization": f"Bearer {key}"}):
        status, text = role_seen(door, headers)
        assert status == 401
        assert "42501" in text  # anon, whom Postgres refuses
    in_query = door.get("/rest/v1/profiles", params={"apikey": key, "select": "id"})
    assert "42501" in in_query.text


def test_the_secret_key_is_service_role(stack: Stack, door: httpx.Client) -> None:
    key = stack.secret_key
    for headers in ({"apikey": key}, {"apikey": key, "Authorization": f"Bearer {key}"}):
        assert role_seen(door, headers)[0] == 200


def test_the_secret_key_is_refused_from_a_browser(stack: Stack, door: httpx.Client) -> None:
    status, text = role_seen(door, {"apikey": stack.secret_key, "User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140"})
    assert status == 401
    assert "in browser" in text


def test_the_secret_key_as_a_token_beside_the_publishable_one_is_refused(stack: Stack, door: httpx.Client) -> None:
    headers = {"apikey": stack.publishable_key, "Authorization": f"Bearer {stack.secret_key}"}
    status, text = role_seen(door, headers)
    assert (status, "42501" in text) == (401, False)


def test_a_persons_token_wins_over_the_secret_key(stack: Stack, door: httpx.Client) -> None:
    token = jwt.encode({"role": "anon", "aud": "authenticated"}, "wrong-secret-of-thirty-two-bytes!", algorithm="HS256")
    status, text = role_seen(door, {"apikey": stack.secret_key, "Authorization": f"Bearer {token}"})
    assert status == 401
    assert "PGRST301" in text


def test_preflights_and_refusals_can_be_read_by_browsers(door: httpx.Client) -> None:
    for path in ("/rest/v1/profiles", "/auth/v1/token", "/storage/v1/bucket"):
        answer = door.options(path, headers={"Access-Control-Request-Headers": "apikey, x-client-info"})
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-headers"] == "apikey, x-client-info"
    assert door.get("/rest/v1/profiles").headers["access-control-allow-origin"] == "*"


def test_what_is_not_there_says_so(door: httpx.Client) -> None:
    assert door.get("/").status_code == 404
    assert door.get("/realtime/v1/websocket").status_code == 404
    assert door.get("/storage/v1/bucket").status_code == 501
    assert door.get("/functions/v1/nothing/here").json()["error"]["code"] == "NOT_FOUND"


def test_what_is_too_large_is_told_to_clients_that_send_it_all_first(stack: Stack) -> None:
    body = b"x" * 5_000_000
    answer = httpx.post(f"{stack.functions_url}/auth/api-keys", content=body, headers={"Authorization": "Bearer a.b.c"})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path", ["/auth/v1/../../rest/v1/profiles", "/auth/v1/%2e%2e/%2e%2e/_system/info", "//", "/\\"]
)
def test_a_path_does_not_go_in_at_one_door_and_come_out_at_another(stack: Stack, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", stack.ports.gateway)
    connection.request("GET", path, headers={"apikey": stack.publishable_key})  # as it is: httpx would tidy it
    assert connection.getresponse().status in {400, 404}
    connection.close()
