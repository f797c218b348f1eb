"""Which errors an operation can answer, by what it declares, and how they look."""

import json
from typing import Any

from ops.reference import codes, headers
from ops.reference.signed import proofs_of
from shared import envelope
from shared.endpoint import Endpoint, Raw
from shared.errors import Problem
from shared.visit import Visit

ID = "4bf92f3577b34da6a3ce929d0e0e4736"
MOMENT = "2026-11-21T02:31:00.123Z"
# What admission says, rather than what is said for want of it.
SAYS = {"RATE_LIMITED": "The limit burst is used up. Try again in 2 seconds."}
DETAILS = [{"field": "name", "problem": "This field is required."}]
FAILURE = {"$ref": "#/components/schemas/Failure"}
PROBLEM = {"$ref": "#/components/schemas/Problem"}


# What takes money at once, which a bank may decline.
CHARGED = {"POST /billing/subscription/change", "POST /billing/subscription/resume"}


def statuses(endpoint: Endpoint) -> dict[int, list[type[Problem]]]:
    """Return the problems that an operation can end in, by status."""
    wanted = _codes(endpoint)
    found: dict[int, list[type[Problem]]] = {}
    for kind in codes.problems():
        if kind.code in wanted:
            found.setdefault(kind.status, []).append(kind)
    return found


def _codes(endpoint: Endpoint) -> set[str]:
    wanted = {"VALIDATION_ERROR", "PAYLOAD_TOO_LARGE", "INTERNAL_ERROR", "UNAVAILABLE"}
    signed = endpoint.takes is Raw
    if endpoint.admits or signed:
        wanted |= {"UPSTREAM_FAILED", "UPSTREAM_TIMEOUT"}
    if endpoint.admits:
        wanted |= {"RATE_LIMITED", "NOT_FOUND"}
    if endpoint.who or signed or proofs_of(endpoint):
        wanted |= {"AUTHENTICATION_ERROR"}
    if endpoint.who:
        wanted |= {"AUTHORIZATION_ERROR"}
    if endpoint.who and endpoint.method != "GET":
        wanted |= {"CONFLICT"}
    if "{" in endpoint.path:
        wanted |= {"NOT_FOUND"}
    if endpoint.takes_body and not signed:
        wanted |= {"UNSUPPORTED_MEDIA_TYPE"}
    if endpoint.plan or endpoint.route in CHARGED:
        wanted |= {"PAYMENT_REQUIRED"}
    if endpoint.idempotent:
        wanted |= {kind.code for kind in codes.problems() if kind.code.startswith("IDEMPOTENCY_")}
    return wanted


def name_of(kinds: list[type[Problem]]) -> str:
    """Return the name under which a document keeps the response for these."""
    return "Or".join(kind.__name__ for kind in kinds)


def response(kinds: list[type[Problem]]) -> dict[str, Any]:
    """Return the response for problems of one status, in both of its media types."""
    meanings = [codes.meaning_of(kind) for kind in kinds]
    return {
        "description": " Or: ".join(meaning.means for meaning in meanings),
        "headers": _headers(kinds[0].status),
        "content": {
            envelope.JSON: {
                "schema": {"allOf": [FAILURE, {"properties": {"error": {"properties": {"code": _one_of(kinds)}}}}]},
                "examples": {kind.code: {"value": _example(kind, problem=False)} for kind in kinds},
            },
            envelope.PROBLEM_JSON: {
                "schema": {"allOf": [PROBLEM, {"properties": {"code": _one_of(kinds)}}]},
                "examples": {kind.code: {"value": _example(kind, problem=True)} for kind in kinds},
            },
        },
    }


def _one_of(kinds: list[type[Problem]]) -> dict[str, Any]:
    return {"enum": [kind.code for kind in kinds]}


def _headers(status: int) -> dict[str, Any]:
    carried = {
        401: ("WWW-Authenticate",),
        405: ("Allow",),
        409: ("Retry-After",),
        429: ("Retry-After", *headers.LIMITS),
        503: ("Retry-After",),
    }
    return headers.references("X-Request-Id", *carried.get(status, ()))


def _example(kind: type[Problem], *, problem: bool) -> Any:  # noqa: ANN401 - JSON
    raised = kind(SAYS.get(kind.code, kind.says))
    raised.details = DETAILS if kind.code == "VALIDATION_ERROR" else []
    visit = Visit(method="GET", path="/", request_id=ID, wants_problem=problem)
    told = json.loads(envelope.failure(raised, visit)[0]) | {"timestamp": MOMENT}
    # Python's own phrases change with its versions.
    return told | ({"title": codes.meaning_of(kind).title} if problem else {})
