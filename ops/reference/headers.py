"""The headers of answers, each described once."""

from typing import Any

from shared.endpoint import Endpoint
from shared.visit import REQUEST_ID

NUMBER = {"type": "string", "pattern": "^[0-9]+$"}
LIMITS = ("RateLimit", "RateLimit-Policy", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def _header(says: str, schema: dict[str, Any], example: str, *, required: bool = False) -> dict[str, Any]:
    described = {"description": says, "schema": schema, "example": example}
    return described | ({"required": True} if required else {})


HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": _header(
        "The id of this request: yours if you sent one, else ours. Tell us when something fails.",
        {"type": "string", "pattern": f"^{REQUEST_ID.pattern}$"},
        "4bf92f3577b34da6a3ce929d0e0e4736",
        required=True,
    ),
    "RateLimit": _header(
        "Where each limit stands: `r` requests are left, and it is full again in `t` seconds; with nothing left, `t` is"
        " the wait for the next.",
        {"type": "string"},
        '"burst";r=97;t=2, "free";r=96;t=144',
    ),
    "RateLimit-Policy": _header(
        "The limits that hold here: `q` requests in `w` seconds each.",
        {"type": "string"},
        '"burst";q=100;w=60, "free";q=100;w=3600',
    ),
    "X-RateLimit-Limit": _header("The limit that is nearest to its end.", NUMBER, "100"),
    "X-RateLimit-Remaining": _header("How many requests are left of it.", NUMBER, "97"),
    "X-RateLimit-Reset": _header("Seconds until it is full again; with nothing left, until the next.", NUMBER, "2"),
    "Retry-After": _header("Seconds to wait before the next attempt.", NUMBER, "2"),
    "WWW-Authenticate": _header(
        "The challenge of RFC 6750, with an error when credentials came and do not hold.",
        {"type": "string"},
        'Bearer realm="mainstay", error="invalid_token"',
        required=True,
    ),
    "Allow": _header("The methods that this address takes.", {"type": "string"}, "GET, HEAD, OPTIONS", required=True),
    "Idempotent-Replayed": _header(
        "true: this is the answer to an earlier request with the same Idempotency-Key.", {"const": "true"}, "true"
    ),
    "Deprecation": _header("Since when this is deprecated (RFC 9745).", {"type": "string"}, "@1798761600"),
    "Sunset": _header("From when on this may be gone (RFC 8594).", {"type": "string"}, "Fri, 01 Jan 2027 00:00:00 GMT"),
    "ETag": _header("The version of what is answered, for If-None-Match.", {"type": "string"}, '"5f0c"', required=True),
}


def references(*names: str) -> dict[str, dict[str, str]]:
    """Return references to these headers."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def of_success(endpoint: Endpoint) -> dict[str, dict[str, str]]:
    """Return the headers of an operation's success."""
    return references(
        "X-Request-Id",
        *(LIMITS if endpoint.admits else ()),
        *(("Idempotent-Replayed",) if endpoint.idempotent else ()),
        *(("Deprecation",) if endpoint.deprecated else ()),
        *(("Sunset",) if endpoint.sunset else ()),
    )
