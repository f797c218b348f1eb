"""Health: whether the database answers. Public, so it tells nothing else, and imports neither pydantic nor httpx."""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from mangum import Mangum

from functions.core.objectives import DATABASE_SECONDS
from shared import envelope
from shared.app import TEXT_TYPES, build
from shared.config import VERSION
from shared.endpoint import Answer, Call, Endpoint
from shared.errors import Problem, Unavailable
from shared.gate import Door
from shared.wire import Wait

# Watchers want their answer within 3 seconds, of which once a minute sending counts may take half of one. A name server
# that hangs keeps no socket timeout, hence the limit on all.
WAIT = Wait(connect=1.0, read=1.3)
DEADLINE_SECONDS = 2.4
KEPT_SECONDS = 2.0
UNAVAILABLE = 503
# The words of draft-inadarei-api-health-check-06.
WORDS = {"healthy": "pass", "degraded": "warn", "unhealthy": "fail"}


class Memory:
    """The last answer, kept so that a crowd of callers costs the database one call in 2 seconds per instance."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, deadline: float = DEADLINE_SECONDS) -> None:
        """Remember nothing yet."""
        self._clock, self._deadline = clock, deadline
        self._lock = threading.Lock()
        self._report: dict[str, Any] = {}
        self._until = float("-inf")

    def report(self, door: Door) -> dict[str, Any]:
        """Return what is known, asking first if that is too old. Whoever comes meanwhile waits for the same answer."""
        with self._lock:
            if self._clock() >= self._until:
                self._report = _look(door, self._deadline)
                self._until = self._clock() + KEPT_SECONDS
            return self._report


_memory = Memory()


def check(call: Call) -> dict[str, Any] | Answer:
    """Tell whether the service works: 503, with the report as data, when the database does not answer.

    `degraded` is 200: the database answers, but takes over a second. With `Accept: application/health+json` the answer
    is one of that form, without our envelope.
    """
    report = _memory.report(call.door)
    failed = report["status"] == "unhealthy"
    if envelope.HEALTH_JSON in (call.door.visit.header(b"accept") or "").lower():
        headers = {"Retry-After": "2"} if failed else {}
        return Answer(_draft(report), envelope.HEALTH_JSON, headers, UNAVAILABLE if failed else None)
    if failed:
        raise Unavailable("The database does not answer. Try again in a few seconds.", data=report)
    return report


def _draft(report: dict[str, Any]) -> bytes:
    told = {"status": WORDS[report["status"]], "version": report["version"], "releaseId": report["release"]}
    return envelope.encode(told | {"notes": [f"commit {report['commit']}", f"as of {report['timestamp']}"]})


def _look(door: Door, deadline: float) -> dict[str, Any]:
    answers: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=lambda: answers.put(_status(door)), daemon=True).start()
    try:
        status = answers.get(timeout=deadline)
    except Empty:
        status = "unhealthy"
    return {
        "status": status,
        "version": VERSION,
        "release": door.settings.release,
        "commit": door.settings.commit,
        "timestamp": envelope.timestamp(),
    }


def _status(door: Door) -> str:
    started = time.monotonic()
    try:
        answers = "now" in door.call("health", {}, role="observer", wait=WAIT)
    except (Problem, TypeError):
        answers = False
    if not answers:
        return "unhealthy"
    return "healthy" if time.monotonic() - started <= DATABASE_SECONDS else "degraded"


endpoints = [Endpoint("GET", "/core/health", check, aliases=("/core_health-check",))]
app = build(endpoints)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
