"""The dashboard's numbers: requests, sign-ups and revenue by bucket of time, the queue, and open errors. For staff."""

from collections.abc import Iterable, Mapping
from typing import Any

from mangum import Mangum

from functions.core import objectives
from functions.core.dashboard_schemas import Bucket, Figures, Objectives, Span
from functions.core.measured import OWN, Sums, ratio
from functions.core.metric_schemas import Latency
from shared.admission import admit
from shared.app import TEXT_TYPES, build
from shared.endpoint import Call, Endpoint
from shared.principal import PERSON, WATCHER

OBJECTIVES = Objectives(
    errors_warn=objectives.ERRORS_WARN, errors_page=objectives.ERRORS_PAGE, p95_ms=objectives.P95_SECONDS * 1000
)


def read(call: Call, asked: Span) -> Figures:
    """Return what the dashboard shows of the last hour, day or month. For staff with a second factor, and the token.

    Minutes of the hour, quarters of an hour of the day, days of UTC of the month: those without requests too, and the
    last one as far as it went. What clients wrote of an error is for staff; whoever has the metrics token is told how
    often it came.
    """
    told = call.door.call("dashboard", {"span": asked.span, "left_out": sorted(OWN)}, role="observer")
    rows = told["buckets"]
    sums = _sums(rows)
    return Figures.model_validate(
        {
            **{name: told[name] for name in ("as_of", "step_seconds", "queue", "inbox", "errors")},
            "span": asked.span,
            "requests_total": sums.count,
            "errors_total": sums.errors,
            "error_rate": ratio(sums.errors, sums.count, 6),
            "latency": _latency(sums),
            "objectives": OBJECTIVES,
            "buckets": [_bucket(row) for row in rows],
        }
    )


def _bucket(row: Mapping[str, Any]) -> Bucket:
    return Bucket.model_validate({**row, "latency": _latency(_sums([row]))})


def _sums(rows: Iterable[Mapping[str, Any]]) -> Sums:
    sums = Sums()
    for row in rows:
        sums.count += int(row["requests"])
        sums.errors += int(row["errors"])
        sums.sum_ms += float(row["sum_ms"])
        sums.histogram = [one + int(more) for one, more in zip(sums.histogram, row["histogram"], strict=True)]
    return sums


def _latency(sums: Sums) -> Latency:
    quantiles = {f"p{part}": sums.quantile_ms(part / 100) for part in (50, 95, 99)}
    return Latency(avg=ratio(sums.sum_ms, sums.count, 1), **quantiles)


endpoints = [
    Endpoint(
        *("GET", "/core/dashboard/figures", read, PERSON | WATCHER),
        takes=Span,
        gives=Figures,
        limit="watching",
        counted=False,
    ),
]
app = build(endpoints, admit=admit)
handler = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
