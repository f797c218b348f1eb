"""What an operation takes beside its body: the parts of its path, its query, its headers."""

import re
from typing import Any

from pydantic import BaseModel

from ops.reference import fields
from ops.reference.schemas import Schema, query_properties, required
from ops.reference.signed import proofs_of
from shared.endpoint import Endpoint
from shared.idempotency import FORM
from shared.visit import REQUEST_ID

# {id:uuid}: the name, and Starlette's word for what it is.
PART = re.compile(r"\{(?P<name>\w+)(?::(?P<kind>\w+))?\}")
KINDS: dict[str | None, Schema] = {
    None: {"type": "string", "minLength": 1},
    "str": {"type": "string", "minLength": 1},
    "int": {"type": "integer", "minimum": 0},
    "uuid": {"type": "string", "format": "uuid"},
}
SHARED: dict[str, dict[str, Any]] = {
    "RequestId": {
        "name": "X-Request-Id",
        "in": "header",
        "description": "Your own id of this request, which its answer and our log will bear. One in another form is"
        " replaced.",
        "schema": {"type": "string", "pattern": f"^{REQUEST_ID.pattern}$"},
        "example": "4bf92f3577b34da6a3ce929d0e0e4736",
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A key of your own choice, new for each new request and the same for a repeat of it: 8 to 255"
        " letters, digits or any of `_.:=+/-`. The work is done once, and a repeat within 24 hours is answered as the"
        " first was.",
        "schema": {"type": "string", "pattern": f"^{FORM.pattern}$"},
        "example": "b7e1c7a0-5f0e-4b5e-9a57-1c8f2f6f8f1d",
    },
}


def plain_path(path: str) -> str:
    """Return a path as OpenAPI writes it: {id:uuid} becomes {id}."""
    return PART.sub(r"{\g<name>}", path)


def path_parameters(path: str) -> list[dict[str, Any]]:
    """Return the parts of a path; raises KeyError for a kind that is not known here."""
    return [
        {"name": found["name"], "in": "path", "required": True, "schema": KINDS[found["kind"]]}
        for found in PART.finditer(path)
    ]


def operation_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    """Return the query and the headers of an operation."""
    headers: list[dict[str, Any]] = [_header(name, says) for name, says in proofs_of(endpoint).items()]
    headers += [{"$ref": "#/components/parameters/IdempotencyKey"}] if endpoint.idempotent else []
    if endpoint.takes is None or endpoint.takes_body or not issubclass(endpoint.takes, BaseModel):
        return headers
    model, needed = endpoint.takes.__name__, required(endpoint.takes)
    properties = query_properties(endpoint.takes)
    return [_query(model, name, schema, needed=name in needed) for name, schema in properties.items()] + headers


def _query(model: str, name: str, schema: Schema, *, needed: bool) -> dict[str, Any]:
    written = fields.entry(model, name)
    rest = {key: member for key, member in schema.items() if key != "description"}
    parameter: dict[str, Any] = {"name": name, "in": "query", "required": needed, "schema": rest}
    return parameter | ({"description": written.means, "example": written.example} if written else {})


def _header(name: str, says: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "description": says, "schema": {"type": "string"}}
