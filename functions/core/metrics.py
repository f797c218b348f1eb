"""Metrics: what all instances served, the database, the queue and the business, added up in Postgres."""

import time
from typing import Any

from mangum import Mangum

from functions.core.exposition import MEDIA, expose
from functions.core.measured import Requests, Sums, ratio
from functions.core.metric_families import families
from functions.core.metric_schemas import (
    Api,
    Asked,
    Business,
    Caches,
    DatabaseFigures,
    Inbox,
    Latency,
    Metrics,
    Queue,
    System,
)
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.config import VERSION
from shared.endpoint import Answer, Call, Endpoint
from shared.principal import PERSON, WATCHER


def read(call: Call, asked: Asked) -> Metrics | Answer:
    """Return the metrics of the last minutes, as JSON. For staff with a second factor, and for the metrics token.

    With `Accept: text/plain` or `format=prometheus` they come as Prometheus's text, with counters that go on from call
    to call. Numbers are those of all instances; an instance that sleeps may hold back what it served last.
    """
    wants_text = asked.format == "prometheus" or (asked.format is None and _accepts_text(call))
    started = time.perf_counter()
    figures = call.door.call("metrics", {"minutes": None if wants_text else asked.minutes}, role="observer")
    seconds = time.perf_counter() - started
    requests = [Requests.read(row) for row in figures["requests"]]
    if wants_text:
        return Answer(expose(families(requests, figures, call.settings, seconds)), MEDIA)
    return _numbers(call, requests, figures)


def _accepts_text(call: Call) -> bool:
    accepted = (call.door.visit.header(b"accept") or "").lower()
    return "text/plain" in accepted and "application/json" not in accepted


def _numbers(call: Call, requests: list[Requests], figures: dict[str, Any]) -> Metrics:
    sums, database = Sums.of(requests), figures["database"]
    return Metrics(
        system=System(version=VERSION, release=call.settings.release, commit=call.settings.commit),
        api=_api([each for each in requests if each.is_served], float(figures["seconds"])),
        database=DatabaseFigures(
            active_connections=database["connections"],
            max_connections=database["max_connections"],
            query_latency=ratio(sums.upstream_ms, sums.trips, 2),
            replication_lag_seconds=database["replication_lag_seconds"],
        ),
        cache=Caches(lookups=sums.lookups, hit_rate=ratio(sums.hits, sums.lookups, 4)),
        queue=Queue.model_validate(figures["queue"]),
        inbox=Inbox.model_validate(figures["inbox"]),
        business=Business.model_validate(figures["business"]),
    )


def _api(served: list[Requests], seconds: float) -> Api:
    sums = Sums.of(served)
    quantiles = {f"p{part}": sums.quantile_ms(part / 100) for part in (50, 95, 99)}
    return Api(
        window_seconds=round(seconds, 1),
        requests_total=sums.count,
        requests_per_minute=round(sums.count / seconds * 60, 2),
        error_rate=ratio(sums.errors, sums.count, 6),
        latency=Latency(avg=ratio(sums.sum_ms, sums.count, 1), **quantiles),
    )


endpoints = [
    Endpoint(
        *("GET", "/core/metrics", read, PERSON | WATCHER),
        takes=Asked,
        gives=Metrics,
        aliases=("/core_metrics",),
    ),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
