"""A server that speaks SMTP as a script says, over TLS where it is given a context, and remembers what it was told."""

import contextlib
import socket
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any

USUAL = {
    "": "220 relay.example ready",
    "EHLO": "250-relay.example\r\n250-AUTH PLAIN\r\n250 STARTTLS",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    ".": "250 2.0.0 queued as 4A1B",
    "AUTH": "235 2.7.0 welcome",
    "STARTTLS": "220 begin",
    "QUIT": "221 bye",
    "RSET": "250 ok",
}
# In the place of an answer: close the connection, say nothing, or send one byte at a time for ever.
HANG_UP, SILENCE, DRIP = "hang up", "silence", "drip"


@dataclass
class Relay:
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.relay = self
        self.port = self._server.server_address[1]
        self.stopped = threading.Event()
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"smtp{'s' if self.implicit else ''}://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    relay: Relay

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: tests cut connections on purpose."""


class _Conversation(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        relay = self.server.relay
        self.socket: socket.socket = self.request
        self.secure = False
        if relay.implicit:
            self._encrypt()
        with contextlib.suppress(OSError):
            going = self._answer("")
            while going and (line := self._line()):
                relay.heard.append(line.decode("latin-1").rstrip("\r\n"))
                going = self._obey(relay, relay.heard[-1].split(" ")[0].upper())
        self.socket.close()

    def _obey(self, relay: Relay, verb: str) -> bool:
        going = self._answer(verb)
        if verb == "STARTTLS" and going and relay.answers.get(verb, "220").startswith("220"):
            self._encrypt()
        if verb == "DATA" and going and relay.answers.get(verb, "354").startswith("354"):
            content = b""
            while (line := self._line()) not in {b".\r\n", b""}:
                content += line
            relay.mails.append(content)
            relay.encrypted.append(self.secure)
            going = self._answer(".")
        return going and verb != "QUIT"

    def _encrypt(self) -> None:
        tls = self.server.relay.tls
        assert tls
        self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.secure = True

    def _answer(self, verb: str) -> bool:
        relay = self.server.relay
        said = (USUAL | relay.answers).get(verb, "502 not known")
        if said == DRIP:
            while not relay.stopped.wait(0.02):
                self.socket.sendall(b"2")
        if said == SILENCE:
            relay.stopped.wait(5)
        if said in {HANG_UP, SILENCE, DRIP}:
            return False
        self.socket.sendall(said.encode() + b"\r\n")
        return True

    def _line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            byte = self.socket.recv(1)
            if not byte:
                return b""
            line += byte
        return line


def wait_for(condition: Any, seconds: float = 5) -> bool:
    """Look again and again until it holds; the other side works in a thread of its own."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True
