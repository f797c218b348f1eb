"""A GET over a bare socket: the least that asking PostgREST can cost."""

import socket
from urllib.parse import urlsplit


class Raw:
    """One connection to one server, kept open."""

    def __init__(self, url: str) -> None:
        """Connect."""
        parts = urlsplit(url)
        self._host = parts.netloc
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, target: str, token: str) -> bytes:
        """Return the body of a GET with a person's token; raises RuntimeError for anything but 200 with its length."""
        head = f"GET {target} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {token}\r\n\r\n"
        self._socket.sendall(head.encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._socket.recv(65536)
        said, _, body = answer.partition(b"\r\n\r\n")
        if not said.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(said.decode())
        if b"chunked" in said.lower():
            while not body.endswith(b"0\r\n\r\n"):
                body += self._socket.recv(65536)
            return body
        [length] = [
            int(line.split(b":")[1]) for line in said.split(b"\r\n") if line.lower().startswith(b"content-length")
        ]
        while len(body) < length:
            body += self._socket.recv(65536)
        return body

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
