import json
from collections.abc import Callable
from pathlib import Path

import pytest

from functions.core import docs
from tests.functions.events import CONTEXT, DOORS, Event
from tests.functions.test_imports import imported
from tests.shared.asgi import Answer, ask
from tests.shared.sample import ALWAYS

pytestmark = pytest.mark.usefixtures("environment")
BASE = "/functions/v1"
FOLDER = Path(docs.__file__).parent
SERVED = {
    "/openapi.json": ("openapi.json", "application/json"),
    "/docs": ("docs.html", "text/html; charset=utf-8"),
    "/docs/style.css": ("docs.css", "text/css; charset=utf-8"),
}


def get(path: str, *headers: tuple[str, str], method: str = "GET", query: bytes = b"") -> Answer:
    return ask(docs.app, method, BASE + path, headers, query=query)


@pytest.mark.parametrize("path", SERVED)
def test_the_files_are_served_as_they_are_to_anybody(path: str) -> None:
    name, media = SERVED[path]
    answer = get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, media)
    assert answer.body == (FOLDER / name).read_bytes()
    assert get(path, ("Authorization", "x"), ("X-API-Key", "y")).status == 200


@pytest.mark.parametrize("path", SERVED)
def test_they_have_every_header_and_may_be_kept_for_five_minutes(path: str) -> None:
    headers = get(path).headers
    own = {"cache-control": "public, max-age=300", "content-security-policy": headers["content-security-policy"]}
    assert {name: headers[name] for name in ALWAYS} == ALWAYS | own
    assert headers["x-request-id"]


def test_only_the_page_may_load_its_stylesheet_and_nothing_else() -> None:
    assert get("/docs").headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    for path in ("/openapi.json", "/docs/style.css"):
        assert get(path).headers["content-security-policy"] == ALWAYS["content-security-policy"]


@pytest.mark.parametrize("path", SERVED)
def test_a_client_that_has_it_already_gets_no_second_copy(path: str) -> None:
    version = get(path).headers["etag"]
    assert version[0] == version[-1] == '"'
    for known in (version, f"W/{version}", f'"other", {version}', "*"):
        answer = get(path, ("If-None-Match", known))
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", version)
        assert answer.headers["cache-control"] == "public, max-age=300"
    assert get(path, ("If-None-Match", '"other"')).status == 200


def test_each_file_has_a_version_of_its_own() -> None:
    assert len({get(path).headers["etag"] for path in SERVED}) == len(SERVED)


def test_head_says_how_long_it_is_and_sends_nothing() -> None:
    answer = get("/docs", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) == (FOLDER / "docs.html").stat().st_size


def test_what_it_does_not_take_is_refused_in_the_envelope() -> None:
    assert get("/docs", query=b"page=2").code == "VALIDATION_ERROR"
    assert (get("/docs", method="POST").code, get("/docs/").code) == ("METHOD_NOT_ALLOWED", "NOT_FOUND")


@pytest.mark.parametrize("door", DOORS)
def test_a_lambda_answers_events_of_every_door_as_text(door: Callable[..., Event]) -> None:
    for path, (_, media) in SERVED.items():
        answer = docs.handler(door("GET", BASE + path, {"Host": "api.example.com"}), CONTEXT)
        assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, False)
        assert answer["headers"]["content-type"] == media
    described = docs.handler(door("GET", f"{BASE}/openapi.json", {"Host": "api.example.com"}), CONTEXT)
    assert json.loads(described["body"])["openapi"] == "3.1.0"


def test_it_starts_without_pydantic_and_httpx() -> None:
    assert imported("functions.core.docs") & {"pydantic", "pydantic_core", "httpx", "httpcore", "postgrest"} == set()
