"""A door before the functions that refuses some requests, notes all, and lets the others through."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx


@dataclass(frozen=True)
class Seen:
    """A request that came to the door."""

    method: str
    path: str
    headers: dict[str, str]
    at: float


@dataclass(frozen=True)
class Refusal:
    """What the door answers itself; status 0 is no answer at all."""

    status: int
    code: str
    retry_after: str | None = None
    media: str = "application/json"

    def content(self) -> bytes:
        """Return the answer, which is JSON only where it says so."""
        error = {"code": self.code, "message": "Come back."}
        told = {"success": False, "error": error, "requestId": "of-the-door"}
        return json.dumps(told).encode() if self.media == "application/json" else b"<html>"


Refuse = Callable[[Seen, int], Refusal | None]


class Door(ThreadingHTTPServer):
    """`refuse` is asked about each request, with how many like it came before."""

    daemon_threads = True

    def __init__(self, behind: str, refuse: Refuse) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.behind, self.refuse = behind, refuse
        self.seen: list[Seen] = []

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://127.0.0.1:{self.server_port}"


class _Talk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Door

    def serve(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, urlsplit(self.path).path, headers, time.monotonic())
        before = sum((each.method, each.path) == (seen.method, seen.path) for each in self.server.seen)
        self.server.seen.append(seen)
        refusal = self.server.refuse(seen, before)
        if refusal is None:
            self._pass_on(headers, content)
            return
        if not refusal.status:
            self.close_connection = True
            return
        more = {"Retry-After": refusal.retry_after} if refusal.retry_after is not None else {}
        self._tell(refusal.status, {"Content-Type": refusal.media, **more}, refusal.content())

    do_GET = do_POST = do_DELETE = serve  # noqa: N815 - the names are http.server's

    def _pass_on(self, headers: dict[str, str], content: bytes) -> None:
        kept = {name: value for name, value in headers.items() if name not in {"host", "connection", "content-length"}}
        url = self.server.behind + self.path
        answer = httpx.request(self.command, url, headers=kept, content=content)
        self._tell(answer.status_code, {"Content-Type": answer.headers["Content-Type"]}, answer.content)

    def _tell(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@contextmanager
def door(behind: str, refuse: Refuse) -> Iterator[Door]:
    """Keep a door while the `with` block lasts."""
    with Door(behind, refuse) as opened:
        threading.Thread(target=opened.serve_forever, args=[0.01], daemon=True).start()
        yield opened
        opened.shutdown()
