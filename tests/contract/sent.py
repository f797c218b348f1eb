"""One request as it is sent: a case that was drawn, its caller, and what is odd about it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import requests
from schemathesis import Case

ADDRESS = "http://functions/functions/v1"
Pairs = tuple[tuple[str, str], ...]
# What schemathesis and its HTTP client say of themselves.
OWN = {"user-agent", "accept-encoding", "accept", "connection", "x-schemathesis-testcaseid", "content-length"}


@dataclass(frozen=True)
class Sent:
    """What goes to the app, its path as it stands in the request line."""

    method: str
    path: str
    query: str
    headers: Pairs
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header of this name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def plus(self, *headers: tuple[str, str]) -> "Sent":
        """Return the same with more headers."""
        return replace(self, headers=(*self.headers, *headers))

    def less(self, *names: str) -> "Sent":
        """Return the same without these headers."""
        gone = {name.lower() for name in names}
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0].lower() not in gone))


def write(case: Case[Any]) -> Sent:
    """Return the request that a case means, without credentials."""
    told = case.as_transport_kwargs(base_url=ADDRESS)
    made = requests.Request(**told).prepare()
    url = urlsplit(str(made.url))
    pairs = ((str(name), _text(value)) for name, value in made.headers.items())
    kept = tuple(pair for pair in pairs if pair[0].lower() not in OWN)
    body = made.body.encode() if isinstance(made.body, str) else made.body
    assert body is None or isinstance(body, bytes)
    return Sent(case.method, url.path, url.query, kept, body or b"")


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _query(more: str) -> Callable[[Sent], Sent]:
    return lambda sent: replace(sent, query="&".join(filter(None, [sent.query, more])))


def _body(raw: bytes, media: str = "application/json") -> Callable[[Sent], Sent]:
    def odd(sent: Sent) -> Sent:
        return replace(sent.less("Content-Type").plus(("Content-Type", media)), body=raw)

    return odd


# What no operation takes.
WRONG: dict[str, Callable[[Sent], Sent]] = {
    "an unknown parameter": _query("unknown=1"),
    "a repeated parameter": _query("limit=1&limit=2"),
    "a query that is no UTF-8": _query("x=%ff"),
    "a body that is no JSON": _body(b"{"),
    "a body that is no UTF-8": _body(b'{"name":"\xff"}'),
    "a body with a NUL": _body(b'{"name":"\\u0000"}'),
    "a body with half a surrogate pair": _body(b'{"name":"\\ud800"}'),
    "a body that names a field twice": _body(b'{"name":"a","name":"b"}'),
    "a body with NaN": _body(b'{"name":NaN}'),
    "a body with a long number": _body(b'{"name":' + b"9" * 400 + b"}"),
    "a body nested deeply": _body(b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "a body that is a list": _body(b"[]"),
    "a body that is too large": _body(json.dumps({"name": "x" * 300_000}).encode()),
    "a body of another type": _body(b"name=a", "application/x-www-form-urlencoded"),
    "a length that is no number": lambda sent: sent.plus(("Content-Length", "many")),
}
# What some take.
ODD: dict[str, Callable[[Sent], Sent]] = {
    "a body where none is taken, or another one": _body(b"{}"),
    "a body of no type": lambda sent: sent.less("Content-Type"),
    "two kinds of credentials": lambda sent: sent.plus(("X-API-Key", "x"), ("Authorization", "Bearer a.b.c")),
    "a token of another scheme": lambda sent: sent.plus(("Authorization", "Basic eDp5")),
    "an idempotency key of another form": lambda sent: sent.plus(("Idempotency-Key", "ü")),
    "another origin": lambda sent: sent.plus(("Origin", "https://evil.example")),
}
ODDITIES = WRONG | ODD
