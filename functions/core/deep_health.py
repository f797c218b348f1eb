"""Deep health: every part that we stand on, looked at side by side. For staff and for the metrics token."""

import logging
import threading
import time
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from typing import Any

from mangum import Mangum

from functions.core.checks import CHECKS, DEGRADED, HEALTHY, NOT_CONFIGURED, UNHEALTHY, VITAL, Check
from shared import envelope
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.config import VERSION
from shared.endpoint import Call, Endpoint
from shared.errors import Problem, Unavailable, Unexpected, UpstreamTimeout
from shared.gate import Door
from shared.principal import PERSON, WATCHER

# Of each check; all have begun together. PostgREST alone would wait for a connection for 10 seconds.
DEADLINE_SECONDS = 2.5

Report = dict[str, Any]
logger = logging.getLogger("mainstay")


def check(call: Call) -> Report:
    """Look at every part that the service stands on. For staff with a second factor, and for the metrics token.

    503, with the report as data, when the database or Auth does not work; `degraded` is 200. A part that fails or
    hangs is told as such within 2.5 seconds and hides no other.
    """
    if call.admitted:
        call.door.call("health_watcher", {}, role="observer")
    services = look(call.door, CHECKS, DEADLINE_SECONDS)
    status = _overall(services)
    report = {
        "status": status,
        "version": VERSION,
        "release": call.settings.release,
        "commit": call.settings.commit,
        "timestamp": envelope.timestamp(),
        "services": services,
    }
    if status == UNHEALTHY:
        raise Unavailable("A part that everything stands on does not work. See data.", data=report)
    return report


def look(door: Door, checks: Mapping[str, Check], deadline: float) -> dict[str, Report]:
    """Run the checks side by side and return what each found; one that is late has found that."""
    found: SimpleQueue[tuple[str, Report, Door]] = SimpleQueue()
    for name, each in checks.items():
        own = Door(door.settings, door.visit, door.credentials)
        threading.Thread(target=_run, args=(name, each, own, found), daemon=True).start()
    late = _failed(UpstreamTimeout(), deadline)
    reports = dict.fromkeys(checks, late)
    until = time.monotonic() + deadline
    for _ in checks:
        try:
            name, report, own = found.get(timeout=max(0, until - time.monotonic()))
        except Empty:
            break
        reports[name] = report
        door.trips += own.trips
        door.upstream_ms += own.upstream_ms
    return reports


def _run(name: str, check: Check, door: Door, found: SimpleQueue[tuple[str, Report, Door]]) -> None:
    started = time.monotonic()
    try:
        finding = check(door)
        report = {"status": finding.status, "latencyMs": _ms(started), **finding.numbers}
    except Problem as problem:
        report = _failed(problem, time.monotonic() - started)
        logger.warning("unhealthy", extra={"fields": {"service": name, "code": problem.code, "cause": problem.cause}})
    except Exception:
        # A check that falls is a part whose state is not known.
        report = _failed(Unexpected(), time.monotonic() - started)
        logger.exception("check failed", extra={"fields": {"service": name}})
    found.put((name, report, door))


def _failed(problem: Problem, seconds: float) -> Report:
    # A code and no cause: that may name hosts.
    return {"status": UNHEALTHY, "latencyMs": round(seconds * 1000, 1), "problem": problem.code}


def _ms(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)


def _overall(services: Mapping[str, Report]) -> str:
    if any(services[name]["status"] == UNHEALTHY for name in VITAL & services.keys()):
        return UNHEALTHY
    well = {HEALTHY, NOT_CONFIGURED}
    return HEALTHY if all(each["status"] in well for each in services.values()) else DEGRADED


# The dashboard asks each minute: that would eat up the general limits of whoever leaves it open.
endpoints = [Endpoint("GET", "/core/health/deep", check, PERSON | WATCHER, limit="watching", counted=False)]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
