"""What holds for every answer, whoever asked and however."""

from datetime import timedelta
from typing import Any

import httpx
from schemathesis import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.visit import REQUEST_ID
from tests.contract.sent import Sent
from tests.shared.asgi import Answer
from tests.shared.sample import ALWAYS

PROBLEM = "application/problem+json"
CONFORMANCE = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MEMBERS = {
    "application/json": {"success", "error", "data", "timestamp", "requestId"},
    PROBLEM: {"type", "title", "status", "detail", "code", "errors", "data", "timestamp", "requestId"},
}
# Words of the inside: of Python and its packages, of PostgREST and Postgres.
INSIDE = (b"Traceback", b'File "', b".py", b"pydantic", b"psycopg", b"PGRST", b"SQLSTATE", b"plpgsql", b"backend.")
# What an answer that may be kept has in its own way, and a page.
OWN = {"cache-control", "content-security-policy"}


def hold(case: Case[Any], sent: Sent, answer: Answer, *, refused: bool, as_drawn: bool) -> None:
    """Fail for an answer that breaks a promise.

    What must be `refused` may not succeed, nor may what was sent `as_drawn` where the schema says that it is wrong.
    """
    assert answer.status < 500, "failed"
    assert not (refused and answer.status < 400), "taken"
    _hold_headers(sent, answer, guarded=case.operation.definition.raw["x-guarded"])
    if answer.status >= 400:
        _hold_refusal(sent, answer)
    if answer.status == 405:
        # A part of a path that is another path: DELETE /auth/invitations/accept.
        assert case.method not in answer.headers["allow"].split(", ")
        return
    request = httpx.Request(sent.method, f"http://functions{sent.path}")
    response = httpx.Response(answer.status, headers=answer.headers, content=answer.body, request=request)
    response.elapsed = timedelta()
    taken = [negative_data_rejection] if as_drawn and answer.status < 400 else []
    case.validate_response(response, checks=[*CONFORMANCE, *taken])


def _hold_headers(sent: Sent, answer: Answer, *, guarded: bool) -> None:
    # What is the same for everybody may be kept by whoever passes it on.
    shared = answer.status == 200 and not guarded and answer.headers.get("cache-control", "").startswith("public,")
    kept = (
        shared
        or answer.headers.get("etag") is not None
        or answer.headers.get("content-type", "").startswith("text/html")
    )
    assert {name: answer.headers.get(name) for name in ALWAYS.keys() - OWN} == {
        name: ALWAYS[name] for name in ALWAYS.keys() - OWN
    }
    assert kept or {name: answer.headers.get(name) for name in OWN} == {name: ALWAYS[name] for name in OWN}
    given, wanted = answer.headers["x-request-id"], sent.header("X-Request-Id")
    assert REQUEST_ID.fullmatch(given)
    assert wanted is None or given == wanted or not REQUEST_ID.fullmatch(wanted)
    assert "access-control-allow-origin" not in answer.headers


def _hold_refusal(sent: Sent, answer: Answer) -> None:
    media = PROBLEM if sent.header("Accept") == PROBLEM else "application/json"
    assert answer.headers["content-type"] == media
    said = answer.json()
    assert said.keys() <= MEMBERS[media]
    assert said["requestId"] == answer.headers["x-request-id"]
    # The request id is the caller's own text.
    text = answer.body.replace(said["requestId"].encode(), b"")
    assert [word for word in INSIDE if word in text] == []
    secrets = [value for name, value in sent.headers if name in {"Authorization", "X-API-Key"} and len(value) > 20]
    assert [secret for secret in secrets if secret.encode() in answer.body] == []
    assert (answer.status in {429, 503}) <= ("retry-after" in answer.headers)
