"""Metrics against the real database: who may read them, and that they are what was served."""

import json
import math
from collections.abc import Callable
from uuid import uuid4

import pytest

from dev.stack import Stack
from functions.core import measured, metrics, objectives
from functions.core.exposition import MEDIA
from shared.histogram import SLOTS, slot_of
from tests.functions.core.watching import counted, samples, watch
from tests.functions.deployed import Ask
from tests.world import Person, World

pytestmark = pytest.mark.usefixtures("core")
PATH = "/core/metrics"
RECORD = "select private.record_requests(%s)"


@pytest.fixture
def route() -> str:
    """A route of this test's own."""
    return f"/tests/{uuid4()}"


@pytest.fixture
def record(world: World, route: str) -> Callable[..., None]:
    """Count requests of the route, as if they had been served now or some minutes ago."""

    def count(*durations_ms: float, status: int = 200, minutes_ago: int = 0, method: str = "GET") -> None:
        histogram = [0] * SLOTS
        for ms in durations_ms:
            histogram[slot_of(ms / 1000)] += 1
        minute = world.value("select extract(epoch from now())::bigint / 60") - minutes_ago
        cell = {"minute": minute, "route": route, "method": method, "status": status, "sum_ms": sum(durations_ms)}
        cell |= {"trips": 2 * len(durations_ms), "upstream_ms": 3.0 * len(durations_ms), "histogram": histogram}
        cell |= {"lookups": 4, "hits": 3}
        assert world.value(RECORD, json.dumps([cell])) == 1

    return count


@pytest.fixture
def colleague(world: World) -> Person:
    """Somebody on the staff."""
    person = world.person()
    world.run("insert into private.staff (user_id, role) values (%s, 'ops')", person.id)
    return person


def test_staff_with_a_second_factor_the_token_and_nobody_else(
    ask: Ask, stack: Stack, world: World, colleague: Person
) -> None:
    assert ask(metrics.app, "GET", PATH, None).status == 401
    assert ask(metrics.app, "GET", PATH, world.person(), aal="aal2").status == 403
    assert ask(metrics.app, "GET", PATH, colleague).status == 403
    assert ask(metrics.app, "GET", PATH, colleague, aal="aal2").status == 200
    assert watch(metrics.app, stack, PATH).status == 200
    assert watch(metrics.app, stack, PATH, token="x" * 43).status == 401
    assert watch(metrics.app, stack, PATH, token=stack.keyring.metrics_token[:-1]).status == 401
    assert watch(metrics.app, stack, PATH, token="ü" * 40).status == 401


def test_a_watcher_is_called_one_in_the_log(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    watch(metrics.app, stack, PATH)
    said = capsys.readouterr().out
    assert (json.loads(said)["principal"], json.loads(said)["trips"]) == ("watcher", 1)
    assert stack.keyring.metrics_token not in said


def test_numbers_are_in_the_documents_shape(stack: Stack, record: Callable[..., None]) -> None:
    before = watch(metrics.app, stack, PATH, "minutes=5").json()["data"]
    record(10, 20, 40)
    record(400, status=503)
    told = watch(metrics.app, stack, PATH, "minutes=5").json()["data"]
    assert set(told) == {"system", "api", "database", "cache", "queue", "inbox", "business"}
    assert told["api"]["requestsTotal"] - before["api"]["requestsTotal"] >= 4
    assert 0 < told["api"]["errorRate"] < 1
    assert told["api"]["requestsPerMinute"] == pytest.approx(
        told["api"]["requestsTotal"] / told["api"]["windowSeconds"] * 60, rel=0.01
    )
    latency = told["api"]["latency"]
    assert 0 < latency["p50"] <= latency["p95"] <= latency["p99"]
    assert latency["avg"] > 0
    assert 0 < told["database"]["activeConnections"] < told["database"]["maxConnections"]
    assert told["database"]["queryLatency"] > 0
    assert told["cache"]["lookups"] - before["cache"]["lookups"] >= 8
    assert 0 < told["cache"]["hitRate"] < 1
    assert told["queue"]["dead"] >= 0
    assert told["system"]["version"]


def test_the_business_is_what_the_tables_say(stack: Stack, world: World) -> None:
    business = watch(metrics.app, stack, PATH).json()["data"]["business"]
    revenue = "select coalesce(sum(amount_paid - amount_refunded), 0) from invoices where status = 'paid'"
    assert sum(business.pop("revenue").values()) == world.value(revenue)
    assert business == {
        "activeSubscriptions": world.value(
            "select count(*) from subscriptions where status in ('active', 'trialing', 'past_due')"
        ),
        "apiKeysCreated": world.value("select count(*) from api_keys"),
        "billingDrift": world.value("select count(*) from private.billing_findings where kind ~ '^(drift|missing)'"),
        "billingEvents": world.value("select count(*) from private.webhook_events"),
        "billingViolations": world.value("select count(*) from private.billing_findings where ended_at is null"),
        "signUps": world.value("select count(*) from profiles"),
    }
    text = watch(metrics.app, stack, PATH, "format=prometheus").body.decode()
    assert "mainstay_sign_ups_30d" in text
    assert "mainstay_active_subscriptions" in text
    assert "mainstay_inbox_waiting" in text


def test_a_window_holds_what_was_served_in_it(stack: Stack, record: Callable[..., None]) -> None:
    def total(minutes: int) -> int:
        return int(watch(metrics.app, stack, PATH, f"minutes={minutes}").json()["data"]["api"]["requestsTotal"])

    before = total(5), total(30)
    record(*[10] * 700, minutes_ago=20)
    after = total(5), total(30)
    assert after[1] - before[1] >= 700
    assert after[0] - before[0] < 700


def test_prometheus_text_comes_by_accept_and_by_name(stack: Stack) -> None:
    for query, accept in (("", "text/plain;version=0.0.4"), ("format=prometheus", "application/json")):
        answer = watch(metrics.app, stack, PATH, query, accept)
        assert (answer.status, answer.headers["content-type"]) == (200, MEDIA)
    for query, accept in (("", "*/*"), ("", "application/json, text/plain"), ("format=json", "text/plain")):
        assert watch(metrics.app, stack, PATH, query, accept).json()["success"] is True


def test_counters_and_buckets_are_what_was_served(stack: Stack, route: str, record: Callable[..., None]) -> None:
    record(4, 30, 30, 700)
    record(20_000, status=500)
    told = samples(watch(metrics.app, stack, PATH, "format=prometheus").body.decode())
    assert counted(told, route=route) == 5
    assert counted(told, route=route, status="500") == 1

    def reached(bound: str) -> float:
        held = frozenset({("route", route), ("method", "GET"), ("le", bound)})
        return told["mainstay_http_request_duration_seconds_bucket", held]

    assert [reached(bound) for bound in ("0.005", "0.025", "0.05", "0.75", "10.0", "+Inf")] == [1, 1, 3, 4, 4, 5]
    held = frozenset({("route", route), ("method", "GET")})
    assert told["mainstay_http_request_duration_seconds_count", held] == 5
    assert told["mainstay_http_request_duration_seconds_sum", held] == pytest.approx(20.764)
    assert told["mainstay_slo_availability_ratio", frozenset()] == objectives.AVAILABILITY
    assert all(math.isfinite(value) and value >= 0 for value in told.values())


def test_health_and_preflights_are_no_service(stack: Stack, route: str, record: Callable[..., None]) -> None:
    def total() -> int:
        return int(watch(metrics.app, stack, PATH, "minutes=60").json()["data"]["api"]["requestsTotal"])

    before = total()
    record(*[1] * 1000, method="OPTIONS")
    assert total() - before < 1000
    told = samples(watch(metrics.app, stack, PATH, "format=prometheus").body.decode())
    assert counted(told, route=route, method="OPTIONS") == 1000


@pytest.mark.parametrize("query", ["minutes=0", "minutes=1441", "minutes=x", "format=xml", "hours=1"])
def test_what_is_not_known_is_refused(stack: Stack, query: str) -> None:
    assert watch(metrics.app, stack, PATH, query).status == 400


def test_of_nothing_there_is_no_rate() -> None:
    assert measured.ratio(0, 0, 2) is None
    assert measured.Sums.of([]).quantile_ms(0.5) is None
