"""The dashboard's page and its parts, as they are served to anybody."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from functions.core import dashboard
from shared.app import build
from shared.config import Settings
from tests.functions.events import CONTEXT, DOORS, Event
from tests.functions.test_imports import imported
from tests.shared.asgi import Answer, ask
from tests.shared.sample import ALWAYS

pytestmark = pytest.mark.usefixtures("environment")
BASE = "/functions/v1"
PAGE = "/core/dashboard"
PARTS = sorted(path for path in dashboard.FOLDER.iterdir() if path.suffix != ".html")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' {origin}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
# What a module loads, and what a page does.
LOADED = re.compile(r'(?:^import .*?from|import\() ?"([^"]+)"|(?:href|src)="(?!data:)([^"#]+)"', re.MULTILINE)


def get(path: str, *headers: tuple[str, str], method: str = "GET", query: bytes = b"") -> Answer:
    return ask(dashboard.app, method, BASE + path, headers, query=query)


def served_with(settings: Settings) -> Answer:
    return ask(build(dashboard.endpoints, settings=lambda: settings), "GET", PAGE)


def test_the_page_is_told_where_supabase_is_and_nothing_else(settings: Settings) -> None:
    answer = get(PAGE)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    page = answer.body.decode()
    assert f'data-supabase-url="{settings.supabase_url}"' in page
    assert f'data-publishable-key="{settings.publishable_key}"' in page
    assert settings.function_key.reveal() not in page
    assert "$" not in page


def test_only_our_own_and_supabase_auth_may_be_asked(settings: Settings) -> None:
    headers = get(PAGE).headers
    own = {
        "cache-control": "no-cache",
        "content-security-policy": POLICY.format(origin=settings.supabase_url),
    }
    assert {name: headers[name] for name in ALWAYS} == ALWAYS | own
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_a_project_below_a_path_is_allowed_as_an_origin(settings: Settings) -> None:
    answer = served_with(replace(settings, supabase_url="https://example.com:8443/project"))
    assert answer.headers["content-security-policy"] == POLICY.format(origin="https://example.com:8443")


def test_what_it_is_told_cannot_end_its_attribute(settings: Settings) -> None:
    hostile = replace(settings, publishable_key='"><script>$supabase_url</script>')
    page = served_with(hostile).body.decode()
    assert "&quot;&gt;&lt;script&gt;$supabase_url&lt;/script&gt;" in page
    assert '"><script>$' not in page


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_parts_are_served_as_they_are_to_anybody(part: Path) -> None:
    answer = get(f"{PAGE}/parts/{part.name}")
    media = {".mjs": "text/javascript", ".css": "text/css"}[part.suffix]
    assert (answer.status, answer.headers["content-type"]) == (200, f"{media}; charset=utf-8")
    assert answer.body == part.read_bytes()
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS | {"cache-control": "no-cache"}
    again = get(f"{PAGE}/parts/{part.name}", ("If-None-Match", answer.headers["etag"]))
    assert (again.status, again.body) == (304, b"")


def test_everything_that_is_loaded_is_there_and_everything_there_is_loaded() -> None:
    files = [dashboard.FOLDER / "index.html", *PARTS]
    named = {one or other for path in files for one, other in LOADED.findall(path.read_text())}
    assert {name.removeprefix("./").removeprefix("dashboard/parts/") for name in named} == {part.name for part in PARTS}
    # Relative, wherever the functions are served.
    assert [name for name in named if name.startswith(("/", "http"))] == []


def test_nothing_stands_in_the_page_that_its_policy_would_stop() -> None:
    page = (dashboard.FOLDER / "index.html").read_text()
    assert re.findall(r"<script(?! type=\"module\" src=)|<style|\son\w+=|\sstyle=", page) == []
    assert [
        part.name
        for part in PARTS
        if re.search(r"innerHTML|insertAdjacent|document\.write|eval\(|Storage\b", part.read_text())
    ] == []


@pytest.mark.parametrize("name", ["index.html", "..%2fdocs.py", "nothing.mjs", ".", "style", "STYLE.CSS"])
def test_nothing_else_of_the_folder_is_served(name: str) -> None:
    answer = get(f"{PAGE}/parts/{name}")
    assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_a_reader_who_has_the_page_gets_no_second_copy() -> None:
    version = get(PAGE).headers["etag"]
    again = get(PAGE, ("If-None-Match", f"W/{version}"))
    assert (again.status, again.body, again.headers["cache-control"]) == (304, b"", "no-cache")
    assert again.headers["content-security-policy"] == get(PAGE).headers["content-security-policy"]


def test_what_it_does_not_take_is_refused() -> None:
    assert get(PAGE, query=b"span=1h").code == "VALIDATION_ERROR"
    assert (get(PAGE, method="POST").code, get(f"{PAGE}/").code) == ("METHOD_NOT_ALLOWED", "NOT_FOUND")


@pytest.mark.parametrize("door", DOORS)
def test_a_lambda_answers_events_of_every_door_as_text(door: Callable[..., Event]) -> None:
    for path in (PAGE, f"{PAGE}/parts/style.css", f"{PAGE}/parts/main.mjs"):
        answer = dashboard.handler(door("GET", BASE + path, {"Host": "api.example.com"}), CONTEXT)
        assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, False)


def test_it_starts_without_pydantic_and_httpx() -> None:
    assert (
        imported("functions.core.dashboard") & {"pydantic", "pydantic_core", "httpx", "httpcore", "postgrest"} == set()
    )
