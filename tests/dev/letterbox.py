"""A mailbox of a test's own, without the rest of the stack."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import httpx
import pytest

from dev.mailbox.letters import Letters
from dev.mailbox.receiver import Receiver
from dev.mailbox.server import Server


@dataclass
class Mailbox:
    receiver: Receiver
    server: Server
    page: httpx.Client

    @property
    def port(self) -> int:
        return int(self.receiver.server_address[1])

    def send(self, text: str = "Hello.", html: str = "", **headers: str) -> None:
        mail = EmailMessage()
        for name, value in ({"From": "post@example.com", "To": "ann@example.com"} | headers).items():
            mail[name] = value
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as client:
            client.send_message(mail)

    def say(self, *lines: bytes) -> bytes:
        """Speak to it line by line and return all that it answered."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
            line.sendall(b"".join(lines))
            line.shutdown(socket.SHUT_WR)
            said = b""
            while piece := line.recv(4096):
                said += piece
        return said

    def letters(self) -> list[dict[str, object]]:
        answer = self.page.get("/messages.json")
        assert answer.headers["content-type"] == "application/json"
        listed: list[dict[str, object]] = answer.json()
        return listed


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    letters = Letters()
    taking, showing = Receiver(0, letters), Server(0, letters)
    port = showing.server_address[1]
    showing.hosts = {f"127.0.0.1:{port}"}
    for server in (taking, showing):
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as page:
        yield Mailbox(taking, showing, page)
    for server in (taking, showing):
        server.shutdown()
        server.server_close()
