"""What each error code means, and what to do about it: the one place from which documents say so."""

from dataclasses import dataclass

from shared.errors import Problem


@dataclass(frozen=True)
class Meaning:
    """What is said of one code."""

    title: str
    means: str
    remedy: str


CODES = {
    "VALIDATION_ERROR": Meaning(
        "Bad Request",
        "The request itself is wrong: its body, a parameter of its query, or a header.",
        "Correct the fields that `details` names, or what the message says, and send it again.",
    ),
    "AUTHENTICATION_ERROR": Meaning(
        "Unauthorized",
        "No credentials came, or they do not hold: malformed, expired, revoked, or of a session that has ended.",
        "Sign in again and send the new access token, or use another API key. `WWW-Authenticate` bears an `error` when"
        " credentials came, and none when they are missing.",
    ),
    "PAYMENT_REQUIRED": Meaning(
        "Payment Required",
        "The organization's plan does not include this.",
        "Choose a plan that does. Nothing was done.",
    ),
    "AUTHORIZATION_ERROR": Meaning(
        "Forbidden",
        "The caller is known and may not do this: a permission or a scope is missing, a second factor is demanded, or"
        " an API key came where a person is needed.",
        "Ask an owner of the organization for the permission, use a key that has the scope, or sign in with a second"
        " factor.",
    ),
    "NOT_FOUND": Meaning(
        "Not Found",
        "Nothing is there, or it is not yours. The two are answered alike, so that nobody can search for what exists.",
        "Check the address and the id, and whether the credentials belong to the right organization.",
    ),
    "METHOD_NOT_ALLOWED": Meaning(
        "Method Not Allowed",
        "The address exists and does not take this method.",
        "Use one of the methods in the `Allow` header.",
    ),
    "CONFLICT": Meaning(
        "Conflict",
        "The request contradicts what is stored, such as a second invitation of the same address.",
        "Read the present state, decide again, and send another request.",
    ),
    "IDEMPOTENCY_IN_PROGRESS": Meaning(
        "Conflict",
        "The first request under this `Idempotency-Key` is still being worked on.",
        "Wait as many seconds as `Retry-After` says and send the same request again: it gets the first one's answer.",
    ),
    "PAYLOAD_TOO_LARGE": Meaning(
        "Content Too Large",
        "The body is larger than this address takes: 64 KB, unless its description says otherwise.",
        "Send less at once.",
    ),
    "UNSUPPORTED_MEDIA_TYPE": Meaning(
        "Unsupported Media Type",
        "The body is not declared as JSON in UTF-8.",
        "Send `Content-Type: application/json`.",
    ),
    "IDEMPOTENCY_MISMATCH": Meaning(
        "Unprocessable Content",
        "The `Idempotency-Key` was used before, with another request.",
        "Use a new key for each new request, and the same one only to repeat a request unchanged.",
    ),
    "RATE_LIMITED": Meaning(
        "Too Many Requests",
        "A limit is used up. `RateLimit` and the message say which one.",
        "Wait as many seconds as `Retry-After` says, then go on, more slowly.",
    ),
    "INTERNAL_ERROR": Meaning(
        "Internal Server Error",
        "Something failed on our side. It has been logged under the request id.",
        "Try again once. If it stays, tell us the request id.",
    ),
    "UPSTREAM_FAILED": Meaning(
        "Bad Gateway",
        "A system that this depends on gave an answer that cannot be used.",
        "Try again later. Repeat a change under its `Idempotency-Key`, so that it is not made twice.",
    ),
    "UNAVAILABLE": Meaning(
        "Service Unavailable",
        "The database, or another system, is away for a moment.",
        "Try again after as many seconds as `Retry-After` says, and repeat a change under its `Idempotency-Key`.",
    ),
    "UPSTREAM_TIMEOUT": Meaning(
        "Gateway Timeout",
        "A system that this depends on took too long. Whether a change was made is not known.",
        "Repeat a change under its `Idempotency-Key`, or read first what is there. If it stays, ask for less at once.",
    ),
}


def problems() -> list[type[Problem]]:
    """Return every kind of problem, one for each code, in the order of their statuses."""
    found: dict[str, type[Problem]] = {}
    waiting = list(Problem.__subclasses__())
    while waiting:
        kind = waiting.pop(0)
        if kind.__module__ == Problem.__module__:
            found.setdefault(kind.code, kind)
        waiting += kind.__subclasses__()
    return sorted(found.values(), key=lambda kind: (kind.status, kind.code))


def meaning_of(kind: type[Problem]) -> Meaning:
    """Return what is said of a problem's code; ends the command where nothing is."""
    if kind.code not in CODES:
        raise SystemExit(f"{kind.code}: say in ops/reference/codes.py what it means and what to do")
    return CODES[kind.code]
