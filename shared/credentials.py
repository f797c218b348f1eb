"""What a caller presents: a person's JWT, an API key, or the metrics token; never two.

A JWT is only looked at, and PostgREST verifies it. The metrics token is verified here and goes no further.
"""

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared import keys
from shared.config import Settings
from shared.errors import Forbidden, Unauthenticated, ValidationError
from shared.values import Secret

# Three base64url parts, the last not empty: an unsigned token (alg none) ends here.
JWT = re.compile(r"[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}", re.ASCII)
LONGEST_JWT = 8192

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """The kind of caller and the header by which the database recognizes them."""

    kind: str
    header: str
    value: Secret

    def headers(self) -> Mapping[str, str]:
        """Return the one header to send along; none for a watcher, whom the database does not know."""
        return {self.header: self.value.reveal()} if self.header else {}


NO_HEADER = ""
_watcher = Credentials("watcher", NO_HEADER, Secret(""))


def read(headers: Headers, settings: Settings, *, takes_keys: bool = True, takes_watchers: bool = False) -> Credentials:
    """Return the caller's credentials.

    Raises ValidationError for two, Unauthenticated for none or malformed ones, and Forbidden for a key that is not
    taken here: a function for people only needs no peppers.
    """
    bearers, api_keys = _all(headers, b"authorization"), _all(headers, b"x-api-key")
    if bearers and api_keys:
        raise ValidationError("Send either Authorization or X-API-Key, not both.")
    if len(bearers) > 1 or len(api_keys) > 1:
        raise ValidationError("Send Authorization or X-API-Key once.")
    if bearers and takes_watchers and _is_metrics_token(bearers[0], settings):
        return _watcher
    if bearers:
        return Credentials("person", "Authorization", Secret(f"Bearer {_token(bearers[0])}"))
    if api_keys:
        key = keys.parse(api_keys[0], settings.brand, live=settings.live)
        if not takes_keys:
            raise Forbidden("This needs a person. Sign in and send the access token instead of an API key.")
        return Credentials("key", "X-Api-Key", key.presented(settings.peppers))
    raise Unauthenticated(
        "Send your access token as Authorization: Bearer, or an API key as X-API-Key.", presented=False
    )


def _all(headers: Headers, name: bytes) -> list[str]:
    # A gateway joins repeated headers with commas, which neither a token nor a key contains.
    values = [value.decode("latin-1") for key, value in headers if key.lower() == name]
    return [part.strip() for value in values for part in value.split(",")]


def _is_metrics_token(value: str, settings: Settings) -> bool:
    wanted = settings.metrics_token.reveal()
    scheme, _, token = value.partition(" ")
    # As bytes, since what a client sends need not be ASCII.
    same = hmac.compare_digest(token.encode(), wanted.encode())
    return bool(wanted) and scheme.lower() == "bearer" and same


def _token(value: str) -> str:
    scheme, _, token = value.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("Authorization needs the form: Bearer <access token>.")
    if "_sk_" in token:
        raise Unauthenticated("Send an API key as X-API-Key, not as Authorization.")
    if len(token) > LONGEST_JWT or not JWT.fullmatch(token):
        raise Unauthenticated("This is not an access token. Sign in again.")
    return token
