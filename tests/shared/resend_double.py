"""Resend, doubled at the wire: it takes a mail once for each Idempotency-Key, and answers a repeat the same."""

from typing import Any

from tests.shared.upstream import Asked, Say, Upstream


class Resend:
    def __init__(self, upstream: Upstream) -> None:
        self.url = upstream.url
        self.sent: list[dict[str, Any]] = []
        self.asked = 0
        self.refuses: dict[str, Say] = {}
        self._by_key: dict[str, dict[str, Any]] = {}
        upstream.otherwise = self._answer

    def _answer(self, asked: Asked) -> Say:
        self.asked += 1
        mail, key = asked.json(), asked.headers["idempotency-key"]
        if mail["to"][0] in self.refuses:
            return self.refuses[mail["to"][0]]
        if key not in self._by_key:
            self._by_key[key] = mail
            self.sent.append(mail)
        if self._by_key[key] != mail:
            return Say({"statusCode": 409, "name": "invalid_idempotent_request", "message": "another"}, status=409)
        return Say({"id": f"id-of-{key[:12]}"})
