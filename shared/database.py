"""Supabase's own postgrest client, over our connections and as the caller. Refusals arrive as shared.errors."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import httpx
from postgrest import SyncPostgrestClient

from shared.errors import UpstreamFailed
from shared.gate import BASE, Door

SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Heard:
    """All that the postgrest client reads of an httpx.Response; `request` has the headers that it sent."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    request: SimpleNamespace
    # Nothing else comes this far.
    is_success = True

    @property
    def text(self) -> str:
        """Return a body that is not JSON, or is empty."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Read the body; raises json.JSONDecodeError."""
        return json.loads(self.content)


class Session:
    """All that the postgrest client asks of httpx.Client. A real one and what it makes cost 0.15 ms a request."""

    # Where it looks for credentials that its headers lack; the door has them.
    auth = None

    def __init__(self, door: Door, role: str | None) -> None:
        """Open nothing."""
        self._door, self._role = door, role

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: httpx.Headers,
        params: httpx.QueryParams,
        content: bytes | None,
        **_: object,
    ) -> Heard:
        """Send one request; raises shared.errors for refusals, so that no caller sees postgrest's APIError."""
        target = urlsplit(url).path + (f"?{params}" if params else "")
        told = self._door.headers(role=self._role) | dict(headers.items())
        reply = self._door.send(method, target, told, content)
        if reply.status not in SUCCESS:
            raise UpstreamFailed(cause=f"PostgREST answered with status {reply.status}")
        return Heard(reply.status, reply.headers, reply.body, SimpleNamespace(headers=headers))


class Database:
    """The data, as seen by one caller."""

    def __init__(self, door: Door) -> None:
        """Keep the door; a client is made when it is wanted."""
        self.door = door

    def as_caller(self) -> SyncPostgrestClient:
        """Return a client that is the caller: a person by their JWT, a program by its key's digest."""
        return self._client(None, "public")

    def as_role(self, role: str) -> SyncPostgrestClient:
        """Return a client that acts as one of the roles this function may take, on schema backend."""
        return self._client(role, "backend")

    def _client(self, role: str | None, schema: str) -> SyncPostgrestClient:
        return SyncPostgrestClient(
            self.door.settings.supabase_url + BASE,
            schema=schema,
            # What goes with every call is the door's, which keeps credentials out of the client's reach.
            headers={},
            http_client=Session(self.door, role),  # type: ignore[arg-type] # it has all that is asked of it
            # A retry of postgrest's sleeps for seconds; the wire retries what is safe to.
            retry_enabled=False,
        )
