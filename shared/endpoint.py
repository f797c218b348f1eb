"""An endpoint, declared: route, who may call, what it takes and gives. What happens around its body is in app.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from shared.errors import Unexpected
from shared.principal import NOBODY, Admitted, Principal, Who

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from postgrest import SyncPostgrestClient

    from shared.config import Settings
    from shared.gate import Door
    from shared.idempotency import Claim


LARGEST_BODY = 64 * 1024
CONVERTOR = re.compile(r":[a-z]+\}")


class Taken(Protocol):
    """What a client sends; shared.shapes.Input is one, and endpoints without input need none."""

    @classmethod
    def read_json(cls, raw: bytes) -> Taken:
        """Read a body."""

    @classmethod
    def read_query(cls, parameters: Mapping[str, str]) -> Taken:
        """Read a query string."""


class Raw(bytes):
    """A body taken as it came, byte for byte: what a signature covers. An endpoint takes it by `takes=Raw`."""

    @classmethod
    def read_json(cls, raw: bytes) -> Raw:
        """Take the body, whatever it is."""
        return cls(raw)

    @classmethod
    def read_query(cls, parameters: Mapping[str, str]) -> NoReturn:
        """Refuse: what comes in a query string has no bytes of its own."""
        raise Unexpected(cause=f"a raw body of {len(parameters)} parameters")


@dataclass(frozen=True)
class Answer:
    """An answer that is not in our envelope: a page, or what another system's protocol wants to read.

    Its status is the endpoint's where it names none of its own.
    """

    content: bytes
    media: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None


@dataclass(frozen=True)
class Endpoint:
    """One method of one path. `needs` is the permission a key must have; `takes` is the query for GET and DELETE.

    `limit` names the row of private.limits that each call spends besides the caller's general ones, which a call that
    is not `counted` leaves alone; for callers without credentials it is all that is spent. `plan` is the lowest plan
    that includes this. `idempotent` takes an Idempotency-Key. `deprecated` and `sunset` become headers.
    """

    method: str
    path: str
    body: Callable[..., Any]
    who: Who = NOBODY
    needs: str | None = None
    takes: type[Taken] | None = None
    gives: type = dict
    status: int = 200
    aliases: tuple[str, ...] = ()
    limit: str | None = None
    counted: bool = True
    plan: str | None = None
    idempotent: bool = False
    largest: int = LARGEST_BODY
    deprecated: date | None = None
    sunset: date | None = None

    @property
    def template(self) -> str:
        """Return the path under which requests are counted: /auth/api-keys/{id}."""
        return CONVERTOR.sub("}", self.path)

    @property
    def route(self) -> str:
        """Return the endpoint's name in admission, whichever alias was called: DELETE /auth/api-keys/{id}."""
        return f"{self.method} {self.template}"

    @property
    def admits(self) -> bool:
        """Tell whether the database is asked who is calling, if only to spend the limit of their address."""
        return bool(self.who) or self.limit is not None

    @property
    def takes_body(self) -> bool:
        """Tell whether the input is a JSON body rather than a query string."""
        return self.takes is not None and self.method in {"POST", "PUT", "PATCH"}


@dataclass(frozen=True)
class Call:
    """One admitted request, as an endpoint's body sees it."""

    settings: Settings
    door: Door
    path: Mapping[str, Any] = field(default_factory=dict)
    admitted: Admitted | None = None

    @property
    def claim(self) -> Claim | None:
        """Return what the request claims by its Idempotency-Key."""
        return self.door.claim

    @property
    def request_id(self) -> str:
        """Return what ties this request's log lines, rows and answer together."""
        return self.door.visit.request_id

    @property
    def principal(self) -> Principal:
        """Return the caller."""
        return self._admission().principal

    @cached_property
    def db(self) -> SyncPostgrestClient:
        """Return the postgrest client, acting as the caller."""
        return self._admission().database.as_caller()

    def _admission(self) -> Admitted:
        if self.admitted is None:
            raise Unexpected(cause="this endpoint admits nobody, so it has neither a caller nor data")
        return self.admitted
