"""Addresses that begin with no unit's name: the gateway hands them to core."""

import httpx
import pytest

from dev.stack import Stack


@pytest.mark.parametrize(("path", "media"), [("/docs", "text/html"), ("/openapi.json", "application/json")])
def test_the_document_is_found_under_its_short_address(functions: httpx.Client, path: str, media: str) -> None:
    answer = functions.get(path)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media)


def test_the_page_finds_its_stylesheet_where_it_looks_for_it(functions: httpx.Client) -> None:
    page = functions.get("/docs")
    assert 'href="docs/style.css"' in page.text
    style = functions.get(str(page.url.join("docs/style.css")))
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")


@pytest.mark.parametrize("path", ["/docs/nothing", "/nothing", "/openapi.yaml"])
def test_other_short_addresses_are_not_found_in_the_envelope(functions: httpx.Client, path: str) -> None:
    answer = functions.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_whoever_looks_where_nothing_is_finds_the_way_to_the_page(functions: httpx.Client, stack: Stack) -> None:
    for answer in (functions.get(""), functions.get("/"), functions.get("/nothing"), functions.get("/auth/nothing")):
        assert (answer.status_code, "/functions/v1/docs" in answer.json()["error"]["message"]) == (404, True)
    root = httpx.get(f"{stack.url}/")
    assert (root.status_code, "/functions/v1/docs" in root.json()["message"]) == (404, True)
