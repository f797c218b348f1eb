"""An app with one endpoint of every kind, and admission that needs no database."""

from typing import Any

from shared import keys
from shared.app import build
from shared.config import Settings
from shared.database import Database
from shared.endpoint import Call, Endpoint
from shared.errors import Conflict, Forbidden
from shared.gate import Door
from shared.principal import KEY, NOBODY, PERSON, Admitted, Principal
from shared.shapes import Input
from tests.shared.asgi import JSON_TYPE, Answer, ask
from tests.shared.fixtures import ENVIRONMENT, JWT, KEY_ID, ORG_ID, PERSON_ID
from tests.shared.upstream import Json

SETTINGS = Settings.read(ENVIRONMENT)
KEY_HEADER = ("X-API-Key", keys.make("mainstay", live=False)[1].reveal())
ORIGIN = ("Origin", "https://app.example.com")

ALWAYS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "x-xss-protection": "0",
    "vary": "Origin",
}


class Note(Input):
    text: str


def admit(door: Door, endpoint: Endpoint) -> Admitted:
    assert door.credentials
    if endpoint.needs == "nobody:has":
        raise Forbidden
    if door.credentials.kind == "person":
        return Admitted(Principal(kind="person", id=PERSON_ID), Database(door))
    return Admitted(Principal(kind="key", id=KEY_ID, maker_id=PERSON_ID, org_id=ORG_ID), Database(door))


def whoami(call: Call) -> dict[str, Any]:
    return {"kind": call.principal.kind, "requestId": call.request_id}


def fail(_: Call) -> dict[str, Any]:
    raise RuntimeError(f"secret {JWT}")


def conflict(_: Call, note: Note) -> dict[str, Any]:
    raise Conflict("Choose another text.", details=[{"field": "text", "problem": "is taken"}], cause=note.text)


ENDPOINTS = [
    Endpoint("GET", "/open", lambda call: {"ip": call.door.visit.client_ip}, NOBODY, aliases=("/open_alias",)),
    Endpoint("GET", "/me", whoami, PERSON | KEY, "profile:read"),
    Endpoint("POST", "/people", whoami, PERSON),
    Endpoint("GET", "/closed", whoami, PERSON, "nobody:has"),
    Endpoint("GET", "/broken", fail),
    Endpoint("GET", "/liar", lambda _: "text"),
    Endpoint("GET", "/lonely", lambda call: {"db": str(call.db)}),
    Endpoint("POST", "/notes", lambda _, note: {"length": len(note.text)}, takes=Note, status=201),
    Endpoint("PUT", "/notes", conflict, takes=Note),
    Endpoint("DELETE", "/notes/{id:uuid}", lambda call: {"id": str(call.path["id"])}),
]
APP = build(ENDPOINTS, admit=admit, settings=lambda: SETTINGS)


def call(method: str, path: str, *headers: tuple[str, str], **more: Json) -> Answer:
    return ask(APP, method, path, headers, **more)


def post(body: bytes, *headers: tuple[str, str], method: str = "POST") -> Answer:
    return call(method, "/notes", *(headers or (JSON_TYPE,)), body=body)
