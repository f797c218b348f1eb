"""One request and what has become known about it so far; when it ends, its one log line."""

import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared import logs
from shared.config import Settings
from shared.endpoint import Endpoint
from shared.errors import Problem
from shared.gate import Door
from shared.headers import lifecycle_headers
from shared.limits import Limit, limit_headers
from shared.principal import Admitted
from shared.visit import Visit

SERVER_ERROR = 500
# The database's reasons for a refusal are such words; anything else may quote what a client sent.
REASON = re.compile(r"[a-z_]{1,40}", re.ASCII)

_cold = [True]


@dataclass(slots=True)
class Exchange:
    """Filled in as the request passes each stage."""

    visit: Visit
    settings: Settings | None = None
    endpoint: Endpoint | None = None
    door: Door | None = None
    admitted: Admitted | None = None
    problem: Problem | None = None
    started: float = field(default_factory=time.perf_counter)

    def names(self) -> dict[str, Any]:
        """Return what identifies the request in the log. Never its path: only the route it matched."""
        caller = self.admitted.principal if self.admitted else None
        names = {
            "requestId": self.visit.request_id,
            "traceparent": self.visit.traceparent,
            "method": self.visit.method if self.visit.method.isalpha() else None,
            "route": self.endpoint.path if self.endpoint else None,
            "principal": caller.kind if caller else None,
            "userId": (caller.maker_id or caller.id or None) if caller else None,
            "orgId": caller.org_id if caller else None,
            "keyId": caller.id if caller and caller.kind == "key" else None,
        }
        return {name: value for name, value in names.items() if value is not None}

    def headers(self) -> dict[str, str]:
        """Return the headers that this request gave rise to: limits, a replay, an endpoint that will go."""
        said = limit_headers(self.problem.limits if self.problem and self.problem.limits else self._limits())
        if self.endpoint:
            said |= lifecycle_headers(self.endpoint.deprecated, self.endpoint.sunset)
        return said | ({"Idempotent-Replayed": "true"} if self.door and self.door.replayed else {})

    def _limits(self) -> Sequence[Limit]:
        return self.admitted.limits if self.admitted else ()

    def log(self, status: int) -> None:
        """Write the request's line."""
        fields = self.names() | {
            "status": status,
            "durationMs": round((time.perf_counter() - self.started) * 1000, 2),
            "trips": self.door.trips if self.door else 0,
            "coldStart": _cold[0],
        }
        _cold[0] = False
        if self.problem is not None:
            fields |= _told(self.problem)
        level = logging.ERROR if status >= SERVER_ERROR else logging.INFO
        logs.logger.log(level, "request", extra={"fields": fields})


def _told(problem: Problem) -> dict[str, str]:
    told = {"code": problem.code}
    if problem.cause and (problem.status >= SERVER_ERROR or REASON.fullmatch(problem.cause)):
        told["cause"] = problem.cause[: logs.LONGEST_CAUSE]
    return told
