"""Connections that can be cut: what a client meets when a server dies before it answers."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

_OPEN: dict[tuple[str, int], asyncio.Transport] = {}
_TURNS = 3  # of the loop, until the server has heard of a lost connection


class Cuttable(H11Protocol):
    """Uvicorn's protocol, which remembers its connections."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember a connection by its other end."""
        _OPEN[transport.get_extra_info("peername")] = transport
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        _OPEN.pop(self.transport.get_extra_info("peername"), None)
        super().connection_lost(exc)


async def cut(client: tuple[str, int]) -> None:
    """End a connection without a word."""
    if transport := _OPEN.get(client):
        transport.abort()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
