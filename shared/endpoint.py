"""An endpoint, declared: route, who may call, what it takes and gives. What happens around its body is in app.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from shared.errors import Unexpected
from shared.principal import NOBODY, Admitted, Principal, Who

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postgrest import SyncPostgrestClient

    from shared.config import Settings
    from shared.gate import Door


class Taken(Protocol):
    """What a client sends; shared.shapes.Input is one, and endpoints without input need none."""

    @classmethod
    def read_json(cls, raw: bytes) -> Taken:
        """Read a body."""

    @classmethod
    def read_query(cls, parameters: Mapping[str, str]) -> Taken:
        """Read a query string."""


@dataclass(frozen=True)
class Endpoint:
    """One method of one path. `needs` is the permission a key must have; `takes` is the query for GET and DELETE."""

    method: str
    path: str
    body: Callable[..., Any]
    who: Who = NOBODY
    needs: str | None = None
    takes: type[Taken] | None = None
    gives: type = dict
    status: int = 200
    aliases: tuple[str, ...] = ()

    @property
    def route(self) -> str:
        """Return the name of this endpoint in logs and in admission, whichever alias was called."""
        return f"{self.method} {self.path}"

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
    def request_id(self) -> str:
        """Return what ties this request's log lines, rows and answer together."""
        return self.door.visit.request_id

    @property
    def principal(self) -> Principal:
        """Return the caller; endpoints for nobody have none."""
        return self._admission().principal

    @cached_property
    def db(self) -> SyncPostgrestClient:
        """Return the postgrest client, acting as the caller."""
        return self._admission().database.as_caller()

    def _admission(self) -> Admitted:
        if self.admitted is None:
            raise Unexpected(cause="this endpoint admits nobody, so it has neither a caller nor data")
        return self.admitted
