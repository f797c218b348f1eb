"""An HTTP server for measurements on this machine: kept connections, no waiting for a second packet, no words."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Talk(BaseHTTPRequestHandler):
    """One connection; what is asked is answered in JSON."""

    protocol_version = "HTTP/1.1"
    # Headers and body go out in two writes; Nagle would hold the second one back until the first is acknowledged.
    disable_nagle_algorithm = True

    def content(self) -> bytes:
        """Return the body of the request."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def tell(self, status: int, value: object, **headers: str) -> None:
        """Answer."""
        content = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class LocalServer(ThreadingHTTPServer):
    """Listens on a free port of the loopback address."""

    daemon_threads = True

    def __init__(self, talk: type[Talk]) -> None:
        """Listen, and serve nothing yet."""
        super().__init__(("127.0.0.1", 0), talk)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the standard library has it
        """Pass over clients that are killed in the middle of a connection, as every measured process is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
