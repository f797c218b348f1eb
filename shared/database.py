"""Supabase's own postgrest client, over our connections and as the caller. Refusals arrive as shared.errors."""

from collections.abc import Mapping
from typing import Any

import httpx
from postgrest import SyncPostgrestClient

from shared.gate import BASE, Door


class Session(httpx.Client):
    """What the postgrest client sends through: Door instead of httpx's own pool, which costs 0.2 ms more per call."""

    def __init__(self, door: Door) -> None:
        """Open nothing; the transport is never used."""
        super().__init__(transport=httpx.BaseTransport(), trust_env=False)
        self._door = door

    def request(self, method: str, url: httpx.URL | str, **parts: Any) -> httpx.Response:  # noqa: ANN401 - as httpx names them
        """Send one request; raises shared.errors for refusals, so that no caller sees postgrest's APIError."""
        query = str(parts.get("params") or "")
        # httpx parses an address again for every merge, so it gets it whole.
        request = httpx.Request(
            method, f"{url}?{query}" if query else url, headers=parts.get("headers"), content=parts.get("content")
        )
        headers = _sendable(request.headers)
        reply = self._door.send(method, request.url.raw_path.decode(), headers, request.content or None)
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body, request=request)


class Database:
    """The data, as seen by one caller."""

    def __init__(self, door: Door) -> None:
        """Keep the door; the client is made when it is first wanted."""
        self.door = door
        self._session: Session | None = None

    def as_caller(self) -> SyncPostgrestClient:
        """Return a client that is the caller: a person by their JWT, a program by its key's digest."""
        return self._client(None)

    def as_role(self, role: str) -> SyncPostgrestClient:
        """Return a client that acts as one of the roles this function may take, on schema backend."""
        return self._client(role).schema("backend")

    def _client(self, role: str | None) -> SyncPostgrestClient:
        self._session = self._session or Session(self.door)
        return SyncPostgrestClient(
            self.door.settings.supabase_url + BASE,
            headers=self.door.headers(role=role),
            http_client=self._session,
            # A retry of postgrest's sleeps for seconds; the wire retries what is safe to.
            retry_enabled=False,
        )


def _sendable(headers: Mapping[str, str]) -> dict[str, str]:
    # http.client writes these two itself, from the connection and the body.
    return {name: value for name, value in headers.items() if name not in {"host", "content-length"}}
