"""A real HTTP server on this machine that stands where PostgREST stands and answers what a test scripts."""

import contextlib
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

# Whatever a JSON text may hold; tests look into it without ceremony.
Json: TypeAlias = Any


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int

    def json(self) -> Json:
        return json.loads(self.body)


@dataclass
class Say:
    """One scripted answer; `hang_up` closes the connection after it, `drip` sends it a byte at a time."""

    body: Any = None
    status: int = 200
    hang_up: bool = False
    silent: bool = False
    wait: float = 0
    drip: float = 0
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Upstream:
    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.script: list[Say] = []
        self.otherwise: Callable[[Asked], Say] | None = None
        self.connections = 0
        self._sockets: set[socket.socket] = set()
        self._server = _server(self)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def next(self, asked: Asked) -> Say:
        self.asked.append(asked)
        if self.script:
            return self.script.pop(0)
        return self.otherwise(asked) if self.otherwise else Say({})

    def hang_up(self) -> None:
        """Close every connection, as a server does to those that slept."""
        for each in list(self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.hang_up()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: tests cut connections on purpose."""


def _server(upstream: Upstream) -> _Server:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            upstream.connections += 1
            self.number = upstream.connections
            upstream._sockets.add(self.connection)  # noqa: SLF001

        def finish(self) -> None:
            upstream._sockets.discard(self.connection)  # noqa: SLF001
            super().finish()

        def log_message(self, *_: object) -> None:
            pass

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            say = upstream.next(Asked(self.command, self.path, headers, body, self.number))
            time.sleep(say.wait)
            self.close_connection = say.hang_up or say.silent
            if not say.silent:
                self._tell(say)

        def _tell(self, say: Say) -> None:
            content = say.raw if say.raw is not None else json.dumps(say.body).encode()
            head = f"HTTP/1.1 {say.status} Scripted\r\nContent-Type: application/json\r\n"
            head += "".join(f"{name}: {value}\r\n" for name, value in say.headers.items())
            if "Transfer-Encoding" not in say.headers and "Content-Length" not in say.headers:
                head += f"Content-Length: {len(content)}\r\n"
            answer = head.encode() + b"\r\n" + content
            if not say.drip:
                self.wfile.write(answer)
                return
            for position in range(len(answer)):
                self.wfile.write(answer[position : position + 1])
                time.sleep(say.drip)

        do_GET = do_POST = do_DELETE = do_PATCH = do_HEAD = serve  # noqa: N815

    return _Server(("127.0.0.1", 0), Handler)
