"""Examples of what is sent and answered: each field's own, put together as its schema says."""

import json
from typing import Any

from ops.reference import fields
from ops.reference.schemas import Schema

PREFIX = "#/components/schemas/"
BY_TYPE = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None}
BY_FORMAT = {
    "uuid": "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "date-time": "2026-11-21T02:31:00Z",
    "date": "2026-11-21",
    "uri": "https://example.com",
}
# What endpoints give that have no model.
ANSWERS: dict[str, object] = {
    "GET /core/health": {
        "status": "healthy",
        "version": "0.1.0",
        "release": "4f2a91c",
        "commit": "4f2a91c",
        "timestamp": "2026-11-21T02:31:00.123Z",
    },
    "GET /core/health/deep": {
        "status": "degraded",
        "version": "0.1.0",
        "release": "4f2a91c",
        "commit": "4f2a91c",
        "timestamp": "2026-11-21T02:31:00.123Z",
        "services": {
            "database": {"status": "healthy", "latencyMs": 12.4, "connections": 14, "maxConnections": 60},
            "queue": {"status": "degraded", "latencyMs": 10.1, "waiting": 0, "oldestWaitingSeconds": 0, "dead": 1},
            "storage": {"status": "unhealthy", "latencyMs": 2500.0, "problem": "UPSTREAM_TIMEOUT"},
            "payments": {"status": "not_configured", "latencyMs": 0.0},
        },
    },
    "GET /auth/account/export": {
        "exported_at": "2026-11-21T02:31:00.123456+00:00",
        "account": {"id": fields.ANN, "email": "ann@example.com"},
        "profile": {"id": fields.ANN, "display_name": "Ann"},
        "organizations": [{"id": fields.ACME, "name": "Acme", "role": "owner"}],
        "api_keys": [],
        "invitations_sent": [],
        "sessions": [],
    },
    "DELETE /auth/account": {"erased": True},
    "POST /core/jobs/run": {"scheduled": 1, "done": 4, "waiting": 0, "dead": 0, "lost": 0, "left": False},
    "POST /core/mail/events": {"received": True},
    "POST /billing/jobs/run": {"scheduled": 1, "done": 4, "waiting": 0, "dead": 0, "lost": 0, "left": False},
    "POST /billing/webhooks/stripe": {"received": True},
}


class Examples:
    """Makes examples of the schemas in a document's components."""

    def __init__(self, definitions: dict[str, Schema]) -> None:
        """Keep what references lead to."""
        self._definitions = definitions

    def of(self, schema: Schema, model: str = "") -> Any:  # noqa: ANN401 - JSON
        """Return a value that the schema takes."""
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(PREFIX)
            return self.of(self._definitions[name], name)
        if "properties" in schema:
            shown = {name: each for name, each in schema["properties"].items() if not _is_spare(model, name)}
            return {name: self._field(model, name, member) for name, member in shown.items()}
        if "anyOf" in schema:
            return self.of(schema["anyOf"][0])
        if schema.get("type") == "array":
            return [self.of(schema["items"])]
        return _plain(schema)

    def _field(self, model: str, name: str, schema: Schema) -> Any:  # noqa: ANN401 - JSON
        written = fields.entry(model, name)
        holds_models = "$ref" in json.dumps(schema)
        return written.example if written and not holds_models else self.of(schema)


def _is_spare(model: str, name: str) -> bool:
    written = fields.entry(model, name)
    return written is not None and written.spare


def _plain(schema: Schema) -> Any:  # noqa: ANN401 - JSON
    said = [schema[name] for name in ("const", "default") if name in schema] + schema.get("enum", [])
    by_form = BY_FORMAT.get(schema.get("format", "")) or BY_TYPE.get(schema.get("type", ""), {})
    return said[0] if said else by_form
