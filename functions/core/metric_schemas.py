"""The numbers that metrics answers, for people and programs that read JSON."""

from typing import Literal

from pydantic import Field

from shared.shapes import Input, Output


class Asked(Input):
    """Of how many minutes, and in which form."""

    minutes: int = Field(60, ge=1, le=1440)
    format: Literal["json", "prometheus"] | None = None


class System(Output):
    """What runs. Uptime and memory of one of many instances would say nothing."""

    version: str
    release: str
    commit: str


class Latency(Output):
    """How long requests took, in milliseconds."""

    avg: float | None
    p50: float | None
    p95: float | None
    p99: float | None


class Api(Output):
    """What was served in the window by all instances together; watchers, jobs and preflights left out."""

    window_seconds: float
    requests_total: int
    requests_per_minute: float
    error_rate: float | None
    latency: Latency


class DatabaseFigures(Output):
    """How busy the database is."""

    active_connections: int
    max_connections: int
    query_latency: float | None
    replication_lag_seconds: float | None


class Caches(Output):
    """How often the caches of all instances were asked, and in which part of that they knew."""

    lookups: int
    hit_rate: float | None


class Queue(Output):
    """How the jobs are doing."""

    waiting: int
    oldest_waiting_seconds: float
    dead: int


class Inbox(Output):
    """How events from outside are doing."""

    waiting: int
    oldest_waiting_seconds: float
    failed: int


class Business(Output):
    """The last 30 days, and what is so now."""

    active_subscriptions: int
    api_keys_created: int
    billing_drift: int
    billing_events: int
    billing_violations: int
    revenue: dict[str, int]
    sign_ups: int


class Metrics(Output):
    """Everything that is measured."""

    system: System
    api: Api
    database: DatabaseFigures
    cache: Caches
    queue: Queue
    inbox: Inbox
    business: Business
