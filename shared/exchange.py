"""One request and what has become known about it so far; when it ends, its one log line."""

import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared import logs, lookups
from shared.config import Settings
from shared.emf import embedded
from shared.endpoint import Endpoint
from shared.errors import Problem
from shared.gate import Door
from shared.headers import lifecycle_headers
from shared.limits import Limit, limit_headers
from shared.principal import Admitted
from shared.tally import UNMATCHED, Sample
from shared.visit import Visit

SERVER_ERROR = 500
# The database's reasons for a refusal are such words; anything else may quote what a client sent.
REASON = re.compile(r"[a-z_]{1,40}", re.ASCII)

# Anything else is a client's own text.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

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
            "principal": caller.kind if caller else self._watcher(),
            "userId": (caller.maker_id or caller.id or None) if caller else None,
            "orgId": caller.org_id if caller else None,
            "keyId": caller.id if caller and caller.kind == "key" else None,
        }
        return {name: value for name, value in names.items() if value is not None}

    def _watcher(self) -> str | None:
        # Whom nobody had to admit.
        presented = self.door.credentials if self.door else None
        return presented.kind if presented and presented.kind == "watcher" else None

    def headers(self) -> dict[str, str]:
        """Return the headers that this request gave rise to: limits, a replay, an endpoint that will go."""
        said = limit_headers(self.problem.limits if self.problem and self.problem.limits else self._limits())
        if self.endpoint:
            said |= lifecycle_headers(self.endpoint.deprecated, self.endpoint.sunset)
        return said | ({"Idempotent-Replayed": "true"} if self.door and self.door.replayed else {})

    def _limits(self) -> Sequence[Limit]:
        return self.admitted.limits if self.admitted else ()

    def finish(self, status: int) -> Sample:
        """Write the request's line, and return what is counted of it."""
        asked, knew = lookups.take()
        sample = Sample(
            route=self.endpoint.template if self.endpoint else UNMATCHED,
            method=self.visit.method if self.visit.method in METHODS else "OTHER",
            status=status,
            ms=(time.perf_counter() - self.started) * 1000,
            trips=self.door.trips if self.door else 0,
            upstream_ms=self.door.upstream_ms if self.door else 0.0,
            lookups=asked,
            hits=knew,
        )
        level = logging.ERROR if status >= SERVER_ERROR else logging.INFO
        logs.logger.log(level, "request", extra={"fields": self._line(sample)})
        _cold[0] = False
        return sample

    def _line(self, sample: Sample) -> dict[str, Any]:
        fields = self.names() | {
            "status": sample.status,
            "durationMs": round(sample.ms, 2),
            "trips": sample.trips,
            "upstreamMs": round(sample.upstream_ms, 2),
            "coldStart": _cold[0],
        }
        if sample.lookups:
            fields |= {"cacheLookups": sample.lookups, "cacheHits": sample.hits}
        if self.settings and self.settings.emf_namespace:
            name = f"{sample.method} {sample.route}"
            fields |= embedded(self.settings.emf_namespace, name, failed=sample.status >= SERVER_ERROR)
        return fields | (_told(self.problem) if self.problem is not None else {})


def _told(problem: Problem) -> dict[str, str]:
    told = {"code": problem.code}
    if problem.cause and (problem.status >= SERVER_ERROR or REASON.fullmatch(problem.cause)):
        told["cause"] = problem.cause[: logs.LONGEST_CAUSE]
    return told
