"""HTTP to one server over connections that are kept: standard library only, every wait bounded."""

import http.client
import select
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from shared.errors import Unavailable, UpstreamFailed, UpstreamTimeout
from shared.reply import Hearing, Reply, read_reply

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
# AWS's NAT gateway forgets a connection after 350 silent seconds; what is sent on it then is lost.
LONGEST_IDLE = 240.0


@dataclass(frozen=True, slots=True)
class Wait:
    """How many seconds to wait for a connection, and then for the whole answer."""

    connect: float = CONNECT_SECONDS
    read: float = READ_SECONDS


USUAL = Wait()


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None


class _Silent(Exception):
    """The other side closed the connection before one byte of an answer."""


class Wire:
    """The connections to one server; any number of threads may send at once."""

    def __init__(self, url: str, *, longest_idle: float = LONGEST_IDLE) -> None:
        """Connect to nothing yet."""
        parts = urlsplit(url)
        self._tls = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._longest_idle = longest_idle
        self._idle: list[tuple[http.client.HTTPConnection, float]] = []

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None, *, wait: Wait = USUAL
    ) -> Reply:
        """Ask, and return the reply whatever its status.

        A kept connection that turns out closed before one byte of an answer is replaced once: it was closed while we
        slept, so nobody read the request. Nothing else is retried. Raises Unavailable, UpstreamTimeout, UpstreamFailed.
        """
        request = _Request(method, target, headers, body)
        kept = self._take()
        if kept is not None:
            try:
                return self._ask(kept, request, wait.read)
            except _Silent:
                pass
        try:
            return self._ask(self._open(wait.connect), request, wait.read)
        except _Silent as silence:
            raise Unavailable(cause="the server closed a new connection without an answer") from silence

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop()[0].close()

    def _take(self) -> http.client.HTTPConnection | None:
        while True:
            try:
                connection, since = self._idle.pop()
            except IndexError:
                return None
            if time.monotonic() - since < self._longest_idle and not _has_word(connection):
                return connection
            connection.close()

    def _open(self, seconds: float) -> http.client.HTTPConnection:
        if self._tls:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=seconds, context=_context()
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=seconds)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise Unavailable(cause=f"no connection: {error}") from error
        return connection

    def _ask(self, connection: http.client.HTTPConnection, request: _Request, seconds: float) -> Reply:
        connection.sock.settimeout(seconds)
        hearing = Hearing(connection.sock, seconds)
        keep = False
        try:
            connection.request(request.method, request.target, request.body, dict(request.headers))
            reply = read_reply(connection, hearing)
            keep = connection.sock is not None
        except TimeoutError as error:
            raise UpstreamTimeout(cause=f"no answer within {seconds} s") from error
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, ConnectionError) and not hearing.heard:
                raise _Silent from error
            raise UpstreamFailed(cause=f"a broken answer: {type(error).__name__}") from error
        finally:
            if keep:
                self._idle.append((connection, time.monotonic()))
            else:
                hearing.close()
                connection.close()
        return reply


@cache
def wire_to(url: str) -> Wire:
    """Return this process's connections to a server."""
    return Wire(url)


def _has_word(connection: http.client.HTTPConnection) -> bool:
    # A server says nothing between answers, so anything to read is the end of the connection.
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
