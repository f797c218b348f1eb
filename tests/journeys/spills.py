"""Secrets in every place of every endpoint where a client can put a text."""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from ops.reference.catalogue import listed
from ops.reference.document import document
from ops.reference.parameters import PART
from shared import keys
from shared.endpoint import Endpoint
from tests.shared.fixtures import JWT

DOCUMENT = document(listed())
# Whatever else a program or a proxy may send along, and what our own doors look at.
HEADERS = (
    *("User-Agent", "Cookie", "Referer", "Origin", "Accept", "Accept-Language", "X-Forwarded-For", "X-Real-Ip"),
    *("X-Client-Ip", "X-Client-Agent", "X-Request-Id", "traceparent", "tracestate", "baggage", "Idempotency-Key"),
    *("X-Act-As", "X-Function-Key", "X-Jobs-Token", "X-Idempotency", "Prefer", "If-None-Match", "Range"),
    *("Github-Public-Key-Identifier", "Github-Public-Key-Signature", "Svix-Id", "Svix-Timestamp", "Svix-Signature"),
    *("Access-Control-Request-Method", "Access-Control-Request-Headers", "X-Nobody-Knows"),
)


@dataclass
class Secrets:
    """What is fed in: each is new, and none may be seen again. By kind, and where it was put."""

    fed: dict[str, str] = field(default_factory=dict)

    def draw(self, place: str) -> Iterator[str]:
        """Yield one of each kind: an address, a key, a token, a password, and words that look like nothing."""
        # With a letter that no request id has: those a client may choose, and they are logged.
        word = f"canary_{secrets.token_hex(8)}"
        header, payload, _ = JWT.split(".")
        kinds = {
            "e-mail": f"{word}@example.com",
            "API key": keys.make("mainstay", live=False)[1].reveal(),
            "token": f"{header}.{payload}.{secrets.token_urlsafe(40)}",
            "password": f"Pw-9!{word}",
            "text": f"Dear {word} of 7 Elm Street",
        }
        for kind, value in kinds.items():
            # Its telling part, which no escaping changes.
            told = {"token": value[-40:], "API key": value[29:61]}.get(kind, word)
            self.fed[told] = f"{kind} in {place}"
            yield value

    def found_in(self, text: str) -> set[str]:
        """Return where what stands in a text was put."""
        return {place for value, place in self.fed.items() if value in text}


@dataclass(frozen=True)
class Feed:
    """One request with a secret in it; `known` ones come from somebody who is signed in."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    known: bool = True


def feeds(fed: Secrets, endpoint: Endpoint, there: Mapping[str, Any]) -> Iterator[Feed]:
    """Yield the requests that put secrets into an endpoint; `there` are fields of what really is there."""
    path = PART.sub("f47ac10b-58cc-4372-a567-0e02b2c3d479", endpoint.path)
    route = endpoint.route
    for value in fed.draw(f"headers of {route}"):
        for known in (True, False):
            yield Feed(endpoint.method, path, dict.fromkeys(HEADERS, value), known=known)
    for value in fed.draw(f"credentials of {route}"):
        for header in (f"Bearer {value}", f"Basic {value}", value, f"Bearer {value}, Bearer {value}"):
            yield Feed(endpoint.method, path, {"Authorization": header}, known=False)
        yield Feed(endpoint.method, path, {"X-API-Key": value}, known=False)
    for value in fed.draw(f"the path of {route}"):
        inside = PART.sub(quote(value, safe=""), endpoint.path)
        yield Feed(endpoint.method, inside)
        yield Feed(endpoint.method, f"{path}/{quote(value, safe='')}")
    for value in fed.draw(f"the query of {route}"):
        names = [each["name"] for each in _operation(endpoint).get("parameters", []) if each.get("in") == "query"]
        for name in (*names, "token", value):
            yield Feed(endpoint.method, f"{path}?{urlencode({name: value})}")
    yield from _bodies(fed, endpoint, path, there)


def _bodies(fed: Secrets, endpoint: Endpoint, path: str, there: Mapping[str, Any]) -> Iterator[Feed]:
    for value in fed.draw(f"the body of {endpoint.route}"):
        example = {name: there.get(name, old) for name, old in _example(endpoint).items()}
        texts: list[Any] = [value, {value: value}, [value], {**example, value: value}, {**example, "extra": value}]
        # As an integer part that breaks, and cut off in the middle.
        raw = [value, json.dumps({"name": value})[:-1], f'{{"name": {value}}}', f'{{"a": 1, "a": "{value}"}}']
        fields = [{**example, name: value} for name in example]
        fields += [{**example, name: [value]} for name, old in example.items() if isinstance(old, list)]
        fields += [{**example, name: {"note": value}} for name, old in example.items() if isinstance(old, dict)]
        for text in [*(json.dumps(each) for each in [*texts, *fields]), *raw]:
            yield Feed(endpoint.method, path, {"Content-Type": "application/json"}, text.encode())
        yield Feed(endpoint.method, path, {"Content-Type": "text/plain"}, value.encode())
        yield Feed(endpoint.method, path, {"Content-Type": value}, b"{}")


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][PART.sub(r"{\g<name>}", endpoint.path)][endpoint.method.lower()]
    return found


def _example(endpoint: Endpoint) -> dict[str, Any]:
    contents = _operation(endpoint).get("requestBody", {}).get("content", {}).values()
    example: object = next((content["example"] for content in contents), {})
    return example if isinstance(example, dict) else {}
