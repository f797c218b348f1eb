"""The headers of every answer: what browsers may do with it, and which pages may read it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.utils import formatdate
from functools import lru_cache

from shared.config import Settings
from shared.visit import Visit

EXPOSED = (
    "RateLimit, RateLimit-Policy, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
    "Retry-After, X-Request-Id, Idempotent-Replayed, Deprecation, Sunset, Link"
)
# No X-API-Key: an API key belongs on a server, never in a page. supabase-js always sends apikey and x-client-info.
ALLOWED = "Authorization, Content-Type, X-Request-Id, traceparent, apikey, x-client-info, Idempotency-Key"
TEN_MINUTES = "600"


def answer_headers(settings: Settings | None, visit: Visit) -> dict[str, str]:
    """Return the headers that every answer carries, a refusal too, even that of a function without settings."""
    preload = settings is not None and settings.hsts_preload
    origins = settings.allowed_origins if settings else frozenset()
    return {**_security(preload=preload), "X-Request-Id": visit.request_id, **_cors(origins, visit)}


def preflight_headers(settings: Settings, visit: Visit, methods: Iterable[str]) -> dict[str, str]:
    """Return what OPTIONS adds: the methods of this address, and leave for a listed origin to use them."""
    allow = ", ".join(sorted(methods))
    if visit.origin not in settings.allowed_origins:
        return {"Allow": allow}
    return {
        "Allow": allow,
        "Access-Control-Allow-Methods": allow,
        "Access-Control-Allow-Headers": ALLOWED,
        "Access-Control-Max-Age": TEN_MINUTES,
    }


def lifecycle_headers(deprecated: date | None, sunset: date | None) -> dict[str, str]:
    """Return Deprecation (RFC 9745, a structured date) and Sunset (RFC 8594, an HTTP date), each from midnight UTC."""
    said = {}
    if deprecated:
        said["Deprecation"] = f"@{_midnight(deprecated)}"
    if sunset:
        said["Sunset"] = formatdate(_midnight(sunset), usegmt=True)
    return said


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _cors(origins: frozenset[str], visit: Visit) -> dict[str, str]:
    if visit.origin is None or visit.origin not in origins:
        return {"Vary": "Origin"}
    return {"Vary": "Origin", "Access-Control-Allow-Origin": visit.origin, "Access-Control-Expose-Headers": EXPOSED}


@lru_cache(maxsize=2)
def _security(*, preload: bool) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains" + ("; preload" if preload else ""),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        # The filter this header steered made holes of its own, so it is switched off: OWASP HTTP Headers Cheat Sheet.
        "X-XSS-Protection": "0",
    }
