"""One HTTP reply, read until a deadline and no further than a size. Who is asked is in wire.py."""

import http.client
import io
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import UpstreamFailed

# A Lambda may answer with 6 MB at most, so nothing larger is of use.
LARGEST = 6 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Hearing(io.RawIOBase):
    """Reads a socket until one deadline, however slowly the bytes drip, and remembers whether any came."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = time.monotonic() + seconds
        self.heard = False

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Stand in for the socket where http.client makes a file of it."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Tell BufferedReader that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - the buffer protocol has no public name before 3.12
        """Wait for bytes, but not past the deadline."""
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._sock.settimeout(remaining)
        count = self._raw.readinto(buffer)
        self.heard = self.heard or bool(count)
        return count

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


def read_reply(connection: http.client.HTTPConnection, hearing: Hearing) -> Reply:
    """Read the whole reply to the request just sent; raises UpstreamFailed when it is too large."""

    def through_hearing(_sock: socket.socket, *_: object, method: str | None = None) -> http.client.HTTPResponse:
        return http.client.HTTPResponse(hearing, method=method)  # type: ignore[arg-type] # it only makes a file of it

    connection.response_class = through_hearing  # type: ignore[assignment] # http.client only calls it
    response = connection.getresponse()
    with response:
        if (response.length or 0) > LARGEST:
            raise UpstreamFailed(cause="an answer larger than 6 MB")
        body = response.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise UpstreamFailed(cause="an answer larger than 6 MB")
        if not response.isclosed():
            response.read()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, body)
