"""Where a request came from and what it is called, as the log, the database and the answer are told."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
# https://www.w3.org/TR/trace-context/: version 00, and neither id may be all zeros.
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
ADDRESS = re.compile(r"[0-9a-fA-F:.]{2,45}", re.ASCII)
# A server that listens on both families shows IPv4 addresses so: RFC 4291, section 2.5.5.2.
MAPPED = re.compile(r"^::ffff:(?=[0-9.]+$)", re.IGNORECASE)
LONGEST_AGENT = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request, without its body. Whatever a client could forge into nonsense is dropped here."""

    method: str
    path: str
    request_id: str
    traceparent: str | None = None
    client_ip: str | None = None
    agent: str | None = None
    origin: str | None = None
    wants_problem: bool = False
    headers: tuple[tuple[bytes, bytes], ...] = field(default=(), repr=False)
    query: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> "Visit":
        """Read an ASGI scope. The address is the gateway's own field, never X-Forwarded-For."""
        headers = tuple((bytes(name).lower(), bytes(value)) for name, value in scope["headers"])
        client = scope.get("client") or (None,)
        return cls(
            method=scope["method"],
            path=scope["path"],
            request_id=_matching(REQUEST_ID, _first(headers, b"x-request-id")) or secrets.token_hex(16),
            traceparent=_matching(TRACEPARENT, _first(headers, b"traceparent")),
            client_ip=_matching(ADDRESS, MAPPED.sub("", client[0] or "")),
            agent=_printable(_first(headers, b"user-agent")),
            origin=_first(headers, b"origin"),
            wants_problem="application/problem+json" in (_first(headers, b"accept") or "").lower(),
            headers=headers,
            query=scope.get("query_string", b""),
        )

    def header(self, name: bytes) -> str | None:
        """Return the first header of this lower-case name."""
        return _first(self.headers, name)


def _first(headers: tuple[tuple[bytes, bytes], ...], name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in headers if key == name), None)


def _matching(form: re.Pattern[str], value: str | None) -> str | None:
    return value if value is not None and form.fullmatch(value) else None


def _printable(agent: str | None) -> str | None:
    return "".join(letter for letter in agent or "" if " " <= letter <= "~")[:LONGEST_AGENT].strip() or None
