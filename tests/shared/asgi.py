"""Asks an ASGI app one thing, with whatever headers and chunks a test wants."""

import asyncio
import json
import threading
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

from shared.app import App
from tests.shared.loop import LOOP
from tests.shared.upstream import Json

JSON_TYPE = ("Content-Type", "application/json")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Json:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json()["error"]["code"])

    @property
    def message(self) -> str:
        return str(self.json()["error"]["message"])

    @property
    def details(self) -> Json:
        return self.json()["error"].get("details", [])


def ask(
    app: App,
    method: str,
    path: str,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes | Iterable[bytes] = b"",
    *,
    query: bytes = b"",
    client: str | None = "203.0.113.9",
) -> Answer:
    chunks = [body] if isinstance(body, bytes) else list(body)
    messages = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, start=1)
    ]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return messages.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": (client, 0) if client else None,
    }
    # Tests that ask from several threads have a loop for each.
    run = LOOP.run_until_complete if threading.current_thread() is threading.main_thread() else asyncio.run
    run(app(scope, receive, send))
    told = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    assert len(dict(told)) == len(told), "a header is sent twice"
    return Answer(sent[0]["status"], dict(told), b"".join(part["body"] for part in sent[1:]))
