"""The door to the database for one request: how it knows this function and its caller, and plain calls."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.config import Settings
from shared.credentials import Credentials
from shared.envelope import encode
from shared.errors import UpstreamFailed
from shared.idempotency import Claim
from shared.refusals import problem_of
from shared.reply import Reply
from shared.tally import Tally
from shared.visit import Visit
from shared.wire import USUAL, Wait, wire_to

BASE = "/rest/v1"
REFUSED = 400


@dataclass(slots=True)
class Door:
    """Goes to PostgREST as this function, for this caller.

    `trips` counts how often, `upstream_ms` how long that took together; `replayed`: work not repeated. `tally` is what
    the next admission carries along.
    """

    settings: Settings
    visit: Visit
    credentials: Credentials | None = None
    claim: Claim | None = None
    trips: int = 0
    replayed: bool = False
    upstream_ms: float = 0.0
    tally: Tally | None = None

    def headers(self, *, role: str | None = None) -> dict[str, str]:
        """Return what goes with every call; `role` asks to act as one of the roles this function may take."""
        told = {
            "apikey": self.settings.publishable_key,
            "X-Function-Key": self.settings.function_key.reveal(),
            "X-Request-Id": self.visit.request_id,
            "X-Client-Ip": self.visit.client_ip,
            "X-Client-Agent": self.visit.agent,
            "traceparent": self.visit.traceparent,
            "X-Act-As": role,
            "X-Idempotency": self.claim.stated() if self.claim else None,
            **(self.credentials.headers() if self.credentials else {}),
        }
        return {name: value for name, value in told.items() if value is not None}

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None, *, wait: Wait = USUAL
    ) -> Reply:
        """Make one round trip; raises what a refusal means for the caller."""
        self.trips += 1
        started = time.perf_counter()
        try:
            reply = wire_to(self.settings.supabase_url).send(method, target, headers, body, wait=wait)
        finally:
            self.upstream_ms += (time.perf_counter() - started) * 1000
        if reply.status >= REFUSED:
            raise problem_of(reply)
        self.replayed = self.replayed or reply.headers.get("idempotent-replayed") == "true"
        return reply

    def call(self, function: str, arguments: Mapping[str, Any], *, role: str, wait: Wait = USUAL) -> Any:  # noqa: ANN401 - JSON
        """Call a function of schema backend as `role` and return its JSON."""
        headers = self.headers(role=role) | {"Content-Profile": "backend", "Content-Type": "application/json"}
        reply = self.send("POST", f"{BASE}/rpc/{function}", headers, encode(arguments), wait=wait)
        try:
            return json.loads(reply.body)
        except ValueError as error:
            raise UpstreamFailed(cause=f"backend.{function} answered without JSON") from error
