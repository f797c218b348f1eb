"""Requests byte for byte, which no HTTP client would send."""

import http.client
import json
import socket
from dataclasses import dataclass
from io import BytesIO
from typing import Any


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def ask(port: int, line: str, headers: list[tuple[str, str]], body: bytes = b"") -> Answer:
    """Send a request as it is written here; the connection is kept, as an attacker would keep it."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"{line} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode("latin-1") + body)
        with http.client.HTTPResponse(connection, method=line.split(" ", 1)[0]) as answer:
            answer.begin()
            return Answer(answer.status, answer.headers.get_content_type(), answer.read())


def chunked(chunk: bytes, times: int) -> bytes:
    """Return a body that does not say how long it is."""
    whole = BytesIO()
    for _ in range(times):
        whole.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
    return whole.getvalue() + b"0\r\n\r\n"
