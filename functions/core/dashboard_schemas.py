"""The numbers that the dashboard shows."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from functions.core.error_schemas import Severity
from functions.core.metric_schemas import Inbox, Latency, Queue
from shared.shapes import Input, Output


class Span(Input):
    """Of the last hour, day or month."""

    span: Literal["1h", "24h", "30d"] = "1h"


class Bucket(Output):
    """What happened from one moment until the next bucket's; the last one is not yet over."""

    at: AwareDatetime
    requests: int
    errors: int
    latency: Latency
    sign_ups: int
    revenue: dict[str, int]


class OpenError(Output):
    """A kind of error that nobody has resolved."""

    id: UUID
    category: str
    message: str | None
    severity: Severity
    occurrences: int
    organizations: int
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime


class Objectives(Output):
    """What we hold ourselves to, to compare with."""

    errors_warn: float
    errors_page: float
    p95_ms: float


class Figures(Output):
    """What the dashboard shows of a span; watchers, jobs and preflights are not among its requests."""

    span: str
    as_of: AwareDatetime
    step_seconds: int
    requests_total: int
    errors_total: int
    error_rate: float | None
    latency: Latency
    objectives: Objectives
    buckets: list[Bucket]
    queue: Queue
    inbox: Inbox
    errors: list[OpenError]
