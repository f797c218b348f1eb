"""Health: whether the database answers. Public, so it tells nothing else, and imports neither pydantic nor httpx."""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from mangum import Mangum

from shared import envelope
from shared.app import TEXT_TYPES, build
from shared.config import VERSION
from shared.endpoint import Call, Endpoint
from shared.errors import Problem, Unavailable
from shared.gate import Door
from shared.wire import Wait

# Watchers want their answer within 3 seconds; a name server that hangs keeps no socket timeout, hence the limit on all.
WAIT = Wait(connect=1.0, read=1.5)
DEADLINE_SECONDS = 2.6
KEPT_SECONDS = 2.0


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


def check(call: Call) -> dict[str, Any]:
    """Tell whether the service works: 503, with the report as data, when the database does not answer."""
    report = _memory.report(call.door)
    if report["status"] != "healthy":
        raise Unavailable("The database does not answer. Try again in a few seconds.", data=report)
    return report


def _look(door: Door, deadline: float) -> dict[str, Any]:
    answers: SimpleQueue[bool] = SimpleQueue()
    threading.Thread(target=lambda: answers.put(_answers(door)), daemon=True).start()
    try:
        healthy = answers.get(timeout=deadline)
    except Empty:
        healthy = False
    return {
        "status": "healthy" if healthy else "unhealthy",
        "version": VERSION,
        "release": door.settings.release,
        "timestamp": envelope.timestamp(),
    }


def _answers(door: Door) -> bool:
    try:
        return "now" in door.call("health", {}, role="observer", wait=WAIT)
    except (Problem, TypeError):
        return False


endpoints = [Endpoint("GET", "/core/health", check, aliases=("/core_health-check",))]
app = build(endpoints)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
