"""Bodies at the gateway: framed by it, bounded by it, and of text that a database can store."""

import json
from uuid import uuid4

import httpx
import pytest

from dev.stack import Stack
from tests.dev.sockets import ask, chunked
from tests.world import World

MEGABYTE = 1_000_000
OURS = [
    *("content-length", "host", "authorization", "apikey", "transfer-encoding", "content-type"),
    *("x-api-key", "x-function-key", "x-act-as", "x-request-id", "cf-connecting-ip", "x-forwarded-for"),
]


@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD"])
@pytest.mark.parametrize("naming", ["content-length", "keep-alive, Content-Length", "close,\tcontent-length ,te"])
def test_no_request_can_be_hidden_in_the_body_of_another(stack: Stack, world: World, method: str, naming: str) -> None:
    person = world.person()
    token = world.sign(person.claims())
    change = b'{"display_name": "Smuggled"}'
    hidden = (
        f"PATCH /profiles?id=eq.{person.id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(change)}\r\n\r\n"
    ).encode() + change
    credentials = [("apikey", stack.publishable_key), ("Authorization", f"Bearer {token}")]
    framing = [("Connection", naming), ("Content-Length", str(len(hidden)))]
    answer = ask(stack.ports.gateway, f"{method} /rest/v1/profiles?id=is.null", [*credentials, *framing], hidden)
    assert answer.status == 400
    # Whoever comes next uses the connection on which it would have run.
    httpx.get(f"{stack.url}/rest/v1/profiles", headers=dict(credentials))
    assert world.value("select display_name from profiles where id = %s", person.id) != "Smuggled"


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("path", ["/rest/v1/profiles", "/auth/v1/settings", "/functions/v1/core/health"])
def test_connection_takes_no_header_of_ours_away(stack: Stack, name: str, path: str) -> None:
    for naming in (name, f"close, {name.title()}"):
        headers = [("apikey", stack.publishable_key), ("Connection", naming)]
        assert ask(stack.ports.gateway, f"GET {path}", headers).status == 400
    twice = [("Connection", "close"), ("Connection", name)]
    assert ask(stack.ports.gateway, f"GET {path}", twice).status == 400


@pytest.mark.parametrize("path", ["/rest/v1/rpc/create_api_key", "/auth/v1/signup"])
def test_a_body_over_a_megabyte_is_refused_however_it_is_sent(stack: Stack, path: str) -> None:
    headers = [("apikey", stack.publishable_key), ("Content-Type", "application/json")]
    gateway = stack.ports.gateway
    declared = ask(gateway, f"POST {path}", [*headers, ("Content-Length", str(MEGABYTE + 1))])
    streaming = [*headers, ("Transfer-Encoding", "chunked")]
    streamed = ask(gateway, f"POST {path}", streaming, chunked(b"[" * 100_000, 30))
    for answer in (declared, streamed):
        assert (answer.status, answer.kind, answer.json()["code"]) == (413, "application/json", 413)
    patient = httpx.post(f"{stack.url}{path}", headers=dict(headers), content=b"[" * 5 * MEGABYTE)
    assert patient.status_code == 413


def test_a_body_of_a_megabyte_passes_however_it_is_sent(stack: Stack) -> None:
    headers = {"apikey": stack.publishable_key, "Content-Type": "application/json"}
    body = json.dumps({"display_name": "x" * (MEGABYTE - 20)}).encode()
    assert len(body) == MEGABYTE
    for content in (body, iter([body[:10], body[10:]])):
        answer = httpx.post(f"{stack.url}/rest/v1/profiles", headers=headers, content=content)
        assert answer.status_code == 401, answer.text  # anon may not; it was read


@pytest.mark.parametrize("escape", [r"\u0000", r"a\\\u0000", r"\ud83d", r"\uDC00\uD83D"])
@pytest.mark.parametrize("form", ['{"display_name": "%s"}', '{"%s": 1}', '{"a": [{"b": "%s"}]}'])
def test_text_that_cannot_be_stored_is_refused_by_auth(stack: Stack, escape: str, form: str) -> None:
    known = json.dumps({"email": f"{uuid4()}@example.com", "password": "Correct-horse-7"})
    body = f'{known[:-1]}, "data": {form % escape}}}'
    headers = {"apikey": stack.publishable_key, "Content-Type": "application/json"}
    answer = httpx.post(f"{stack.url}/auth/v1/signup", headers=headers, content=body)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed")


@pytest.mark.parametrize("name", ["\\u0000", "👩‍🚀", "Zoë \u2028"])
def test_text_that_only_looks_so_is_taken(stack: Stack, name: str) -> None:
    known = {"email": f"{uuid4()}@example.com", "password": "Correct-horse-7", "data": {"nick": name}}
    answer = httpx.post(f"{stack.url}/auth/v1/signup", headers={"apikey": stack.publishable_key}, json=known)
    assert answer.json()["user"]["user_metadata"]["nick"] == name


def test_nesting_without_end_is_refused(stack: Stack) -> None:
    deep = "[" * 400_000 + "]" * 400_000
    headers = {"apikey": stack.publishable_key, "Content-Type": "application/json"}
    assert httpx.post(f"{stack.url}/auth/v1/signup", headers=headers, content=f'{{"data": {deep}}}').status_code == 400


def test_a_get_with_a_body_is_no_fault_of_the_gateway(stack: Stack) -> None:
    headers = {"apikey": stack.publishable_key}
    for path, status in (("/auth/v1/settings", 200), ("/rest/v1/", 200)):
        assert httpx.request("GET", stack.url + path, headers=headers, content=b"{}").status_code == status
