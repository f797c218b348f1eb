"""What every answer has, whatever happened."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.shared.asgi import JSON_TYPE, Answer
from tests.shared.fixtures import BEARER
from tests.shared.sample import ALWAYS, KEY_HEADER, ORIGIN, call

ANSWERS: dict[str, tuple[int, Callable[..., Answer]]] = {
    "success": (200, lambda *more: call("GET", "/open", *more)),
    "created": (201, lambda *more: call("POST", "/notes", JSON_TYPE, *more, body=b'{"text":"x"}')),
    "bad JSON": (400, lambda *more: call("POST", "/notes", JSON_TYPE, *more, body=b"{")),
    "bad field": (400, lambda *more: call("POST", "/notes", JSON_TYPE, *more, body=b'{"text":1}')),
    "two credentials": (400, lambda *more: call("GET", "/me", BEARER, KEY_HEADER, *more)),
    "nobody": (401, lambda *more: call("GET", "/me", *more)),
    "not allowed": (403, lambda *more: call("GET", "/closed", BEARER, *more)),
    "nowhere": (404, lambda *more: call("GET", "/nowhere", *more)),
    "other method": (405, lambda *more: call("PATCH", "/open", *more)),
    "conflict": (409, lambda *more: call("PUT", "/notes", JSON_TYPE, *more, body=b'{"text":"x"}')),
    "too large": (413, lambda *more: call("POST", "/notes", JSON_TYPE, *more, body=b" " * 65_537)),
    "not JSON": (415, lambda *more: call("POST", "/notes", *more, body=b"text=1")),
    "broken": (500, lambda *more: call("GET", "/broken", *more)),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_has_the_headers_and_the_envelope(name: str) -> None:
    status, give = ANSWERS[name]
    answer = give(ORIGIN)
    assert answer.status == status
    assert answer.headers.items() >= ALWAYS.items()
    assert answer.headers["access-control-allow-origin"] == ORIGIN[1]
    assert "Retry-After" in answer.headers["access-control-expose-headers"]
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert told["requestId"] == answer.headers["x-request-id"]
    assert told["timestamp"].endswith("Z")
    assert datetime.fromisoformat(told["timestamp"])
    assert told["success"] is (status < 400)
    assert set(told) == {"success", "timestamp", "requestId", "data" if status < 400 else "error"}


@pytest.mark.parametrize("name", [name for name, (status, _) in ANSWERS.items() if status >= 400])
def test_who_asks_for_problem_details_gets_the_same_error_as_such(name: str) -> None:
    status, give = ANSWERS[name]
    plain, answer = give().json()["error"], give(("Accept", "application/problem+json, */*"))
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told["code"], told["detail"]) == (status, plain["code"], plain["message"])
    assert told.get("errors", []) == plain.get("details", [])
    assert told["type"] == f"/functions/v1/docs#{told['code']}"


@pytest.mark.parametrize("name", ANSWERS)
def test_an_origin_that_is_not_listed_gets_no_leave(name: str) -> None:
    headers = ANSWERS[name][1](("Origin", "https://app.example.com.evil.example")).headers
    assert not [header for header in headers if header.startswith("access-control")]
