"""The OpenAPI document and its page, as `make openapi` wrote them. Public; imports neither pydantic nor httpx."""

from pathlib import Path

from mangum import Mangum

from functions.core import files
from shared.app import TEXT_TYPES, build
from shared.endpoint import Answer, Call, Endpoint

FOLDER = Path(__file__).parent
KEPT = {"Cache-Control": "public, max-age=300"}
# The page has no script; its icon is an empty data: address, which keeps browsers from asking for one.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def document(call: Call) -> Answer:
    """Return this document, for programs."""
    return _read(call, "openapi.json", "application/json", {})


def page(call: Call) -> Answer:
    """Return this document, for people."""
    return _read(call, "docs.html", "text/html", {"Content-Security-Policy": PAGE_POLICY})


def style(call: Call) -> Answer:
    """Return the page's stylesheet."""
    return _read(call, "docs.css", "text/css", {})


def _read(call: Call, name: str, media: str, headers: dict[str, str]) -> Answer:
    return files.serve(call, (FOLDER / name).read_bytes(), media, KEPT | headers)


endpoints = [
    Endpoint("GET", "/openapi.json", document, gives=Answer),
    Endpoint("GET", "/docs", page, gives=Answer),
    Endpoint("GET", "/docs/style.css", style, gives=Answer),
]
app = build(endpoints)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
