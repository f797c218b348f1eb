"""What is answered outside the envelope: a page, a document, another system's format."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Plain:
    """One such answer: its media type, and whether a client that has it already is told so with 304."""

    media: str
    says: str
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})
    example: object = None
    keeps: bool = False


LABELS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["token_raw", "token_type", "label"],
        "properties": {
            "token_raw": {"type": "string"},
            "token_type": {"type": "string"},
            "label": {"enum": ["true_positive", "false_positive"]},
        },
    },
}
LABELLED = [{"token_raw": "mainstay_sk_test_…", "token_type": "mainstay_api_key", "label": "true_positive"}]
PLAIN = {
    "GET /openapi.json": Plain("application/json", "This document.", {"type": "object"}, keeps=True),
    "GET /docs": Plain("text/html", "The page.", keeps=True),
    "POST /auth/leaks/github": Plain(
        "application/json", "Which of them were ours, as GitHub wants to be told.", LABELS, LABELLED
    ),
    "GET /core/mail/unsubscribe/{token}": Plain("text/html", "A page with one button."),
    "POST /core/mail/unsubscribe/{token}": Plain("text/html", "A page that says that it is done."),
    "GET /docs/style.css": Plain("text/css", "The stylesheet.", keeps=True),
    "GET /core/dashboard": Plain("text/html", "The page.", keeps=True),
    "GET /core/dashboard/parts/{name}": Plain("text/*", "The stylesheet or the module.", keeps=True),
}

# What an endpoint answers instead of its envelope when a client asks for another form.
FORMS = {
    "GET /core/health": Plain(
        "application/health+json",
        "The same for Accept: application/health+json, which also comes with 503.",
        {
            "type": "object",
            "required": ["status", "version", "releaseId", "notes"],
            "properties": {
                "status": {"enum": ["pass", "warn", "fail"]},
                "version": {"type": "string"},
                "releaseId": {"type": "string"},
                "notes": {"type": "array", "items": {"type": "string"}},
            },
        },
        {"status": "pass", "version": "0.1.0", "releaseId": "4f2a91c", "notes": ["commit 4f2a91c"]},
    ),
    "GET /core/metrics": Plain(
        "text/plain",
        "The same for Prometheus.",
        example="# HELP mainstay_jobs_dead Jobs that were given up.\n"
        "# TYPE mainstay_jobs_dead gauge\nmainstay_jobs_dead 0\n",
    ),
}


def other_forms(route: str) -> dict[str, Any]:
    """Return the further media types of an endpoint's answer."""
    form = FORMS.get(route)
    if form is None:
        return {}
    return {form.media: {"schema": form.schema | {"description": form.says}, "example": form.example}}


def plain_of(route: str) -> Plain:
    """Return what an endpoint answers plainly; ends the command where nothing is written of it."""
    if route not in PLAIN:
        raise SystemExit(f"{route} gives an Answer: say in ops/reference/plain.py which")
    return PLAIN[route]
