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
    "GET /docs/style.css": Plain("text/css", "The stylesheet.", keeps=True),
}


def plain_of(route: str) -> Plain:
    """Return what an endpoint answers plainly; ends the command where nothing is written of it."""
    if route not in PLAIN:
        raise SystemExit(f"{route} gives an Answer: say in ops/reference/plain.py which")
    return PLAIN[route]
