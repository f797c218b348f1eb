"""The shape around every answer, success and error alike. Nothing that a client sent is repeated in it."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from shared.errors import Problem
from shared.visit import Visit

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"
HEALTH_JSON = "application/health+json"
DOCS = "/functions/v1/docs"


def timestamp() -> str:
    """Return the present moment in UTC, to the millisecond, with Z."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def success(data: bytes, visit: Visit) -> bytes:
    """Wrap data that is JSON already."""
    return b'{"success":true,"data":%b,"timestamp":"%b","requestId":"%b"}' % (
        data,
        timestamp().encode(),
        visit.request_id.encode(),
    )


def failure(problem: Problem, visit: Visit) -> tuple[bytes, str]:
    """Return a refusal and its media type: RFC 9457 for those who ask for it, else our envelope."""
    told: dict[str, Any] = {"timestamp": timestamp(), "requestId": visit.request_id}
    if problem.data is not None:
        told["data"] = problem.data
    if visit.wants_problem:
        return encode(_problem_details(problem) | told), PROBLEM_JSON
    error: dict[str, Any] = {"code": problem.code, "message": problem.message}
    if problem.details:
        error["details"] = problem.details
    return encode({"success": False, "error": error} | told), JSON


def encode(value: object) -> bytes:
    """Return compact JSON; raises ValueError for what is not JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _problem_details(problem: Problem) -> dict[str, Any]:
    members: dict[str, Any] = {
        # A page that says what to do; relative, as RFC 9457 allows, since a function does not know its public name.
        "type": f"{DOCS}#{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.message,
        "code": problem.code,
    }
    violated = [limit.name for limit in problem.limits if limit.wait]
    if problem.status == HTTPStatus.TOO_MANY_REQUESTS and violated:
        members["violated-policies"] = violated
    return members | ({"errors": problem.details} if problem.details else {})
