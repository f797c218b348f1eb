"""The mailbox over HTTP: pages for people, JSON for tests. For this machine only, whatever name it is called by."""

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from dev.mailbox import page
from dev.mailbox.letters import Letters

ONE = re.compile(r"/messages/(\d{1,9})(/html|/raw)?")
HTML = "text/html; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"


class Server(ThreadingHTTPServer):
    """Shows what was received."""

    daemon_threads = True

    def __init__(self, port: int, letters: Letters) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.letters = letters
        # A page elsewhere that names us by a host of its own reads none of it, tokens least of all.
        self.hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    timeout = 30
    server_version = "mainstay"
    sys_version = ""

    @property
    def mailbox(self) -> Server:
        """The server, as what it is."""
        return cast("Server", self.server)

    def do_GET(self) -> None:
        """Show the list, one mail, or a part of one."""
        if not self._is_ours():
            return
        found = ONE.fullmatch(self.path)
        if self.path == "/":
            self._answer(page.listing(self.mailbox.letters.list()), HTML)
        elif self.path == "/messages.json":
            shown = [each.shown() for each in self.mailbox.letters.list()]
            self._answer(json.dumps(shown), "application/json")
        elif found:
            self._one(int(found[1]), found[2])
        else:
            self._answer("There is nothing here.", PLAIN, status=404)

    def do_POST(self) -> None:
        """Throw everything away."""
        if not self._is_ours():
            return
        if self.path != "/clear":
            self._answer("There is nothing here.", PLAIN, status=404)
            return
        self.mailbox.letters.clear()
        self._answer("", PLAIN, status=303, Location="/")

    def log_message(self, *_: object) -> None:
        """Say nothing: the page asks every few seconds."""

    def _one(self, identity: int, part: str | None) -> None:
        letter = self.mailbox.letters.find(identity)
        if letter is None:
            self._answer("There is no such mail.", PLAIN, status=404)
        elif part == "/html":
            self._answer(letter.html, HTML, policy=page.LETTER_POLICY)
        elif part == "/raw":
            self._answer(letter.raw, PLAIN)
        else:
            self._answer(page.reading(letter), HTML)

    def _is_ours(self) -> bool:
        """Tell whether the request was meant for us by name, and not sent by another site's page."""
        origin = self.headers.get("Origin")
        if self.headers.get("Host") in self.mailbox.hosts and (
            self.command == "GET" or origin is None or origin.removeprefix("http://") in self.mailbox.hosts
        ):
            return True
        self._answer("This is for pages of this machine.", PLAIN, status=403)
        return False

    def _answer(
        self, content: str | bytes, media: str, *, status: int = 200, policy: str = page.POLICY, **headers: str
    ) -> None:
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
        told = {
            "Content-Type": media,
            "Content-Length": str(len(raw)),
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            **headers,
        }
        self.send_response(status)
        for name, value in told.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)
