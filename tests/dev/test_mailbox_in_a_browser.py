"""Hostile mail in a real browser: it runs nothing, loads nothing and asks nobody."""

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.chromium import OPTIONS, chromium
from tests.dev.letterbox import Mailbox, mailbox

__all__ = ["mailbox"]
HOSTILE = """
<script>fetch("SPY/script"); parent.document.title = "taken"</script><img src=x onerror="fetch('SPY/handler')">
<svg onload="fetch('SPY/svg')"></svg><img src="SPY/image"><link rel=stylesheet href="SPY/stylesheet">
<style>@import "SPY/import"; body { background: url(SPY/background) }</style><h1>Hello</h1>
<iframe src="SPY/frame"></iframe><object data="SPY/object"></object><video autoplay src="SPY/video"></video>
<meta http-equiv="refresh" content="1;url=SPY/refresh">
"""


@dataclass
class Spy:
    """Notes who asks it for what, and shows a page to whoever asks for /page."""

    address: str
    page: str
    asked: set[str] = field(default_factory=set)


@pytest.fixture
def spy() -> Iterator[Spy]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.asked.add(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(seen.page.encode() if self.path == "/page" else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    seen = Spy(address, HOSTILE.replace("SPY", address))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield seen
    server.shutdown()
    server.server_close()


def seen_in_a_browser(address: str, folder: Path) -> str:
    """Open a page, give it three seconds of its own, and return its document as it is then."""
    profile, patience = f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=3000"
    command = [chromium(), *OPTIONS, profile, patience, "--dump-dom", address]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def test_hostile_html_does_nothing(mailbox: Mailbox, spy: Spy, tmp_path: Path) -> None:
    mailbox.send("x", spy.page, Subject="Hello")
    shown = seen_in_a_browser(f"{mailbox.page.base_url}/messages/1", tmp_path)
    assert "<title>Hello</title>" in shown
    # Nor where somebody opens the frame's address by itself.
    assert "<h1>Hello</h1>" in seen_in_a_browser(f"{mailbox.page.base_url}/messages/1/html", tmp_path)
    assert spy.asked == set()
    # The same on a page without the mailbox's policy, or this would have shown nothing.
    seen_in_a_browser(f"{spy.address}/page", tmp_path)
    wanted = {"script", "handler", "svg", "image", "stylesheet", "import", "background", "frame", "refresh"}
    assert {f"/{name}" for name in wanted} <= spy.asked
