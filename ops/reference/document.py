"""The whole OpenAPI 3.1 document, put together from the endpoints that function files declare."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from ops.reference import codes, problems
from ops.reference.catalogue import Listed
from ops.reference.headers import HEADERS
from ops.reference.operations import Operations
from ops.reference.parameters import SHARED, path_parameters, plain_path
from ops.reference.schemas import Shapes
from ops.reference.wrappings import WRAPPINGS
from shared.config import VERSION
from shared.errors import Problem
from shared.routes import BASE

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ABOUT = (
    "Mainstay's functions: accounts, organizations, API keys and what goes with them, for programs. Call with a"
    " person's access token or with an API key. Every answer comes in one envelope, errors on request as RFC 9457, and"
    " every answer bears a request id."
)
INFO = {
    "title": "Mainstay",
    "version": VERSION,
    "description": ABOUT,
    "license": {"name": "MIT", "identifier": "MIT"},
}
SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A person's access token, from Supabase Auth.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "An API key. It may do what its scopes say, as far as the person who made it still may.",
    },
    "metricsToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "What METRICS_TOKEN is set to, for whoever watches: it reads metrics and deep health, no data.",
    },
}


def document(listed: Iterable[Listed]) -> dict[str, Any]:
    """Return the document; raises ValueError when two operations share a path and method, or an id."""
    entries = list(listed)
    shapes = Shapes(entry.endpoint for entry in entries)
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "jsonSchemaDialect": DIALECT,
        "servers": [{"url": BASE}],
        "tags": _tags(entries),
        "paths": _paths(entries, Operations(shapes)),
        "components": {
            "securitySchemes": SCHEMES,
            "parameters": SHARED,
            "headers": HEADERS,
            "schemas": WRAPPINGS | shapes.definitions,
            "responses": _refusals(entries),
        },
        "x-codes": {kind.code: _code(kind) for kind in codes.problems()},
    }


def _tags(entries: list[Listed]) -> list[dict[str, str]]:
    return [{"name": tag, "description": about} for tag, about in dict.fromkeys((e.tag, e.about) for e in entries)]


def _paths(entries: list[Listed], operations: Operations) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for entry in entries:
        for alias, path in enumerate((entry.endpoint.path, *entry.endpoint.aliases)):
            own = [{"$ref": "#/components/parameters/RequestId"}, *path_parameters(path)]
            place = paths.setdefault(plain_path(path), {"parameters": own})
            method = entry.endpoint.method.lower()
            if method in place:
                raise ValueError(f"two operations for {entry.endpoint.method} {path}")
            place[method] = operations.of(entry, alias)
    _refuse_shared_ids(paths)
    return dict(sorted(paths.items()))


def _refuse_shared_ids(paths: dict[str, Any]) -> None:
    members = [member for place in paths.values() for member in place.values() if isinstance(member, dict)]
    ids = sorted(operation["operationId"] for operation in members)
    for one, other in pairwise(ids):
        if one == other:
            raise ValueError(f"two operations are called {one}: rename the body of one of them")


def _refusals(entries: list[Listed]) -> dict[str, Any]:
    kinds = [found for entry in entries for found in problems.statuses(entry.endpoint).values()]
    named = {problems.name_of(found): found for found in kinds}
    return {name: problems.response(named[name]) for name in sorted(named)}


def _code(kind: type[Problem]) -> dict[str, Any]:
    meaning = codes.meaning_of(kind)
    return {"status": kind.status, "title": meaning.title, "means": meaning.means, "remedy": meaning.remedy}
