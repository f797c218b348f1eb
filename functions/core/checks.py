"""What deep health looks at, part by part. Each check finds one thing and raises when it cannot; none names a host."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.core import objectives, schema_version
from shared.cache_keys import key
from shared.distant import Distant
from shared.errors import UpstreamFailed
from shared.gate import Door
from shared.wire import Wait, wire_to

WAIT = Wait(connect=1.0, read=1.4)
OK = 200
HEALTHY, DEGRADED, UNHEALTHY = "healthy", "degraded", "unhealthy"
# A part that this deployment does without: neither well nor ill.
NOT_CONFIGURED = "not_configured"
NOT_IMPLEMENTED = 501


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part is, and the numbers that say so."""

    status: str
    numbers: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[Door], Finding]


def database(door: Door) -> Finding:
    """Ask how busy the database is; degraded if that takes over a second, or if connections or a standby run short."""
    started = time.monotonic()
    figures = _ask(door, "health_database")
    slow = time.monotonic() - started > objectives.DATABASE_SECONDS
    used, most, lag = figures["connections"], figures["max_connections"], figures["replication_lag_seconds"]
    short = used > objectives.CONNECTIONS_USED * most or (lag or 0) > objectives.REPLICATION_SECONDS
    numbers = {"connections": used, "maxConnections": most, "replicationLagSeconds": lag}
    return Finding(DEGRADED if slow or short else HEALTHY, numbers)


def auth(door: Door) -> Finding:
    """Ask Supabase Auth itself whether it works."""
    settings = door.settings
    headers = {"apikey": settings.publishable_key}
    reply = wire_to(settings.supabase_url).send("GET", "/auth/v1/health", headers, wait=WAIT)
    if reply.status != OK:
        raise UpstreamFailed(cause=f"auth answers {reply.status}")
    return Finding(HEALTHY)


def storage(door: Door) -> Finding:
    """Ask Supabase Storage whether it works; a project may have none, as the embedded stack has."""
    headers = {"apikey": door.settings.publishable_key}
    reply = wire_to(door.settings.supabase_url).send("GET", "/storage/v1/status", headers, wait=WAIT)
    if reply.status == NOT_IMPLEMENTED:
        return Finding(NOT_CONFIGURED)
    if reply.status != OK:
        raise UpstreamFailed(cause=f"storage answers {reply.status}")
    return Finding(HEALTHY)


def cache(door: Door) -> Finding:
    """Ask the memory that all instances share, where there is one; what each keeps for itself cannot fail."""
    url = door.settings.redis_url
    if not url.reveal():
        return Finding(NOT_CONFIGURED)
    try:
        Distant(url, "health").get(key("answer", "health"), time.time())
    except Exception as error:
        # Of whatever package is installed; what it says may name its host.
        raise UpstreamFailed(cause=type(error).__name__) from error
    return Finding(HEALTHY)


def payments(door: Door) -> Finding:
    """Ask how long the provider was not asked about somebody who changed; there may be nothing to sell.

    Who does not reach the provider falls behind, and only the functions that bill hold its key.
    """
    figures = _ask(door, "health_billing")
    if not figures["configured"]:
        return Finding(NOT_CONFIGURED)
    right = figures["livemode"] == door.settings.live
    numbers = {"behindSeconds": figures["behind_seconds"], "violations": figures["violations"], "modeMatches": right}
    late = figures["behind_seconds"] > objectives.INBOX_SECONDS
    return Finding(DEGRADED if late or figures["violations"] or not right else HEALTHY, numbers)


def queue(door: Door) -> Finding:
    """Ask how long the oldest job waits, and how many were given up."""
    figures = _ask(door, "health_queue")
    late = figures["oldest_waiting_seconds"] > objectives.QUEUE_SECONDS
    numbers = {
        "waiting": figures["waiting"],
        "oldestWaitingSeconds": figures["oldest_waiting_seconds"],
        "dead": figures["dead"],
    }
    return Finding(DEGRADED if late or figures["dead"] else HEALTHY, numbers)


def inbox(door: Door) -> Finding:
    """Ask how long the oldest event from outside waits, and how many were given up."""
    figures = _ask(door, "health_inbox")
    waiting, oldest, failed = (figures[name] for name in ("waiting", "oldest_waiting_seconds", "failed"))
    late = oldest > objectives.INBOX_SECONDS
    numbers = {"waiting": waiting, "oldestWaitingSeconds": oldest, "failed": failed}
    return Finding(DEGRADED if late or failed else HEALTHY, numbers)


def mail(door: Door) -> Finding:
    """Tell whether anybody is named who sends mail. Nothing is sent."""
    configured = door.settings.mail_provider != "none"
    return Finding(HEALTHY if configured else DEGRADED, {"configured": configured})


def clock(door: Door) -> Finding:
    """Compare the database's clock with this instance's, to within half of the call that asks for it."""
    before = time.time()
    told = door.call("health", {}, role="observer", wait=WAIT)["now"]
    after = time.time()
    skew = datetime.fromisoformat(told).timestamp() - (before + after) / 2
    status = DEGRADED if abs(skew) > objectives.CLOCK_SECONDS else HEALTHY
    return Finding(status, {"skewMs": round(skew * 1000, 1), "withinMs": round((after - before) * 500, 1)})


def migrations(door: Door) -> Finding:
    """Compare the database's last migration with the one that this code was written for; a later one is well."""
    applied = _ask(door, "health_migrations")["newest"]
    behind = applied is None or applied < schema_version.NEWEST
    return Finding(DEGRADED if behind else HEALTHY, {"applied": applied, "needed": schema_version.NEWEST})


def _ask(door: Door, function: str) -> Any:  # noqa: ANN401 - JSON
    return door.call(function, {}, role="observer", wait=WAIT)


CHECKS: dict[str, Check] = {
    "database": database,
    "auth": auth,
    "storage": storage,
    "cache": cache,
    "payments": payments,
    "queue": queue,
    "inbox": inbox,
    "mail": mail,
    "clock": clock,
    "migrations": migrations,
}
# Without these nobody is served; without the others somebody has to look.
VITAL = {"database", "auth"}
