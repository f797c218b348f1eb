"""What is measured, as families for Prometheus. Labels are our routes, methods and statuses: all of them bounded."""

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any

from functions.core import objectives
from functions.core.exposition import Family
from functions.core.measured import Requests, Sums
from shared.config import VERSION, Settings
from shared.histogram import BOUNDS

# Gauges by the part and the member of what the database answers.
GAUGES = (
    ("database", "connections", "mainstay_database_connections", "Connections that are open to the database."),
    ("database", "max_connections", "mainstay_database_max_connections", "Connections that it takes."),
    (
        *("database", "replication_lag_seconds", "mainstay_database_replication_lag_seconds"),
        "How far the slowest standby is behind.",
    ),
    ("queue", "waiting", "mainstay_jobs_waiting", "Jobs whose time has come and that nobody works on."),
    ("queue", "oldest_waiting_seconds", "mainstay_jobs_oldest_waiting_seconds", "Since when the oldest of them waits."),
    ("queue", "dead", "mainstay_jobs_dead", "Jobs that were given up."),
    ("inbox", "waiting", "mainstay_inbox_waiting", "Events from outside that nobody has applied."),
    ("inbox", "oldest_waiting_seconds", "mainstay_inbox_oldest_waiting_seconds", "Since when the oldest waits."),
    ("inbox", "failed", "mainstay_inbox_failed", "Events from outside that were given up."),
    ("business", "sign_ups", "mainstay_sign_ups_30d", "People who signed up in the last 30 days."),
    ("business", "api_keys_created", "mainstay_api_keys_created_30d", "API keys that were made in the last 30 days."),
    ("business", "active_subscriptions", "mainstay_active_subscriptions", "Subscriptions that are active."),
    ("business", "billing_events", "mainstay_billing_events_30d", "Events of billing in the last 30 days."),
    ("business", "billing_drift", "mainstay_billing_drift_30d", "What the provider had and we had not, in 30 days."),
    ("business", "billing_violations", "mainstay_billing_violations", "Rules over rows of billing that do not hold."),
)


def families(
    requests: list[Requests], figures: Mapping[str, Any], settings: Settings, probe_seconds: float
) -> list[Family]:
    """Return them all; one that has nothing to tell has no samples."""
    return [
        _build(settings),
        *_served(requests),
        _calls(requests),
        *_caches(requests),
        _gauge("mainstay_database_probe_seconds", "How long this page's own call took.", probe_seconds),
        *(_gauge(name, says, figures[part][member]) for part, member, name, says in GAUGES),
        _revenue(figures["business"]["revenue"]),
        *_objectives(),
    ]


def _build(settings: Settings) -> Family:
    family = Family("mainstay_build_info", "gauge", "What runs.")
    family.add(1, {"version": VERSION, "release": settings.release, "commit": settings.commit})
    return family


def _served(requests: list[Requests]) -> Iterable[Family]:
    total = Family("mainstay_http_requests_total", "counter", "Requests that were answered, by all instances together.")
    took = Family("mainstay_http_request_duration_seconds", "histogram", "How long they took.")
    for each in requests:
        total.add(each.count, {"route": each.route, "method": each.method, "status": str(each.status)})
    for route, method in dict.fromkeys((each.route, each.method) for each in requests):
        sums = Sums.of(each for each in requests if (each.route, each.method) == (route, method))
        labels = {"route": route, "method": method}
        bounds = [*map(repr, BOUNDS), "+Inf"]
        for bound, reached in zip(bounds, accumulate(sums.histogram), strict=True):
            took.add(reached, {**labels, "le": bound}, "_bucket")
        took.add(sums.sum_ms / 1000, labels, "_sum")
        took.add(sums.count, labels, "_count")
    return total, took


def _calls(requests: list[Requests]) -> Family:
    sums = Sums.of(requests)
    family = Family("mainstay_database_call_seconds", "summary", "Calls that requests made to the database.")
    family.add(sums.upstream_ms / 1000, suffix="_sum")
    family.add(sums.trips, suffix="_count")
    return family


def _caches(requests: list[Requests]) -> Iterable[Family]:
    sums = Sums.of(requests)
    asked = Family("mainstay_cache_lookups_total", "counter", "How often requests asked a cache.")
    asked.add(sums.lookups)
    knew = Family("mainstay_cache_hits_total", "counter", "How often it knew.")
    knew.add(sums.hits)
    return asked, knew


def _revenue(by_currency: Mapping[str, int]) -> Family:
    family = Family("mainstay_revenue_30d_minor_units", "gauge", "Revenue of the last 30 days, in cents and the like.")
    for currency, amount in sorted(by_currency.items()):
        family.add(amount, {"currency": currency})
    return family


def _objectives() -> Iterable[Family]:
    yield _gauge(
        "mainstay_slo_availability_ratio",
        "Requests that are to be answered without an error of ours.",
        objectives.AVAILABILITY,
    )
    yield _gauge(
        "mainstay_slo_p95_seconds", "Within which 95 of 100 requests are to be answered.", objectives.P95_SECONDS
    )


def _gauge(name: str, says: str, value: float | None) -> Family:
    family = Family(name, "gauge", says)
    family.add(value)
    return family
