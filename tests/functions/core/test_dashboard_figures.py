"""The dashboard's numbers against the real database: who may read them, and that they are what was served."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from dev.stack import Stack
from functions.core import dashboard_figures, measured, objectives
from shared.histogram import SLOTS, slot_of
from tests.functions.core.watching import watch
from tests.functions.deployed import Ask
from tests.world import Person, World

pytestmark = pytest.mark.usefixtures("core")
PATH = "/core/dashboard/figures"
HOSTILE = "<img src=x onerror=alert(1)>"
STEPS = {"1h": (60, 60), "24h": (900, 96), "30d": (86400, 30)}
COUNTED = (
    "insert into private.request_counts (minute, route, method, status, backend, count, sum_ms, trips, upstream_ms,"
    " histogram) values (date_trunc('minute', now()) - %s::interval, %s, %s, %s, 0, %s, %s, 0, 0, %s)"
)
LASTING = (
    "insert into private.request_periods (grain, at, route, method, status, count, sum_ms, trips, upstream_ms,"
    " histogram) values (%s, date_trunc(%s, now() - %s::interval, 'UTC'), %s, 'GET', 200, 3, 30, 0, 0, %s)"
)
MADE = (
    "insert into private.error_reports (fingerprint, category, message, severity, metadata, occurrences, resolved_at)"
    " values (sha256(convert_to(%s, 'utf8')), %s, %s, %s, '{}', %s, %s)"
)


@pytest.fixture
def route(world: World) -> Iterator[str]:
    """A route of this test's own; what was counted before it is gone."""
    made = f"/tests/{uuid4()}"
    for table in ("request_counts", "request_periods"):
        world.run(f"delete from private.{table}")
    yield made
    for table in ("request_counts", "request_periods"):
        world.run(f"delete from private.{table} where route = %s", made)


@pytest.fixture
def count(world: World, route: str) -> Callable[..., None]:
    """Count requests of the route, as if they had been served so long ago."""

    def counted(*durations_ms: float, ago: str = "0", status: int = 200, method: str = "GET", at: str = route) -> None:
        histogram = [0] * SLOTS
        for ms in durations_ms:
            histogram[slot_of(ms / 1000)] += 1
        world.run(COUNTED, ago, at, method, status, len(durations_ms), sum(durations_ms), histogram)

    return counted


@pytest.fixture
def errors(world: World) -> Iterator[Callable[..., None]]:
    world.run("delete from private.error_reports")

    def made(message: str, severity: str = "low", occurrences: int = 1, *, resolved: str | None = None) -> None:
        world.run(MADE, str(uuid4()), "tests", message, severity, occurrences, resolved)

    yield made
    world.run("delete from private.error_reports")


@pytest.fixture
def colleague(world: World) -> Person:
    """Somebody on the staff."""
    person = world.person()
    world.run("insert into private.staff (user_id, role) values (%s, 'ops')", person.id)
    return person


@pytest.fixture
def told(stack: Stack) -> Callable[..., Any]:
    def figures(span: str = "1h") -> Any:
        answer = watch(dashboard_figures.app, stack, PATH, f"span={span}")
        assert answer.status == 200, answer.body
        return answer.json()["data"]

    return figures


def test_staff_with_a_second_factor_the_token_and_nobody_else(
    ask: Ask, stack: Stack, world: World, colleague: Person
) -> None:
    app = dashboard_figures.app
    assert ask(app, "GET", PATH, None).status == 401
    assert ask(app, "GET", PATH, world.person(), aal="aal2").status == 403
    assert ask(app, "GET", PATH, colleague).status == 403
    assert ask(app, "GET", PATH, colleague, aal="aal2").status == 200
    assert watch(app, stack, PATH).status == 200
    assert watch(app, stack, PATH, token="x" * 43).status == 401


def test_an_open_page_takes_nothing_of_what_its_reader_may_ask_elsewhere(ask: Ask, colleague: Person) -> None:
    answer = ask(dashboard_figures.app, "GET", PATH, colleague, aal="aal2")
    assert answer.headers["ratelimit-policy"] == '"watching";q=60;w=60'


@pytest.mark.parametrize("query", ["span=2h", "span=", "minutes=5", "span=1h&left_out=x"])
def test_what_is_not_known_is_refused(stack: Stack, query: str) -> None:
    assert watch(dashboard_figures.app, stack, PATH, query).status == 400


@pytest.mark.parametrize("span", STEPS)
def test_buckets_follow_one_another_without_a_gap_until_now(told: Callable[..., Any], route: str, span: str) -> None:
    figures, (seconds, steps) = told(span), STEPS[span]
    assert (figures["span"], figures["stepSeconds"], len(figures["buckets"])) == (span, seconds, steps)
    starts = [moment(each["at"]) for each in figures["buckets"]]
    assert {later - earlier for earlier, later in pairwise(starts)} == {seconds}
    assert starts[-1] % seconds == 0
    assert starts[-1] <= moment(figures["asOf"]) < starts[-1] + seconds
    empty = [each for each in figures["buckets"] if not each["requests"]]
    assert {json.dumps(each["latency"]) for each in empty} == {'{"avg": null, "p50": null, "p95": null, "p99": null}'}
    assert all(each["revenue"] is not None for each in figures["buckets"])
    del route


def moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_requests_errors_and_latency_are_those_of_their_minute(
    told: Callable[..., Any], count: Callable[..., None]
) -> None:
    count(10, 20, 40, 40)
    count(700, status=503)
    count(30, status=404)
    count(9000, 9000, ago="10 minutes")
    figures = told()
    now, then = figures["buckets"][-1], figures["buckets"][-11]
    # The clock may strike between counting and asking.
    now = now if now["requests"] else figures["buckets"][-2]
    then = then if then["requests"] else figures["buckets"][-12]
    assert (now["requests"], now["errors"], now["latency"]["avg"]) == (6, 1, 140.0)
    assert 10 < now["latency"]["p50"] <= 50 < now["latency"]["p95"] <= 750
    assert (then["requests"], then["errors"], then["latency"]["avg"]) == (2, 0, 9000.0)
    assert (figures["requestsTotal"], figures["errorsTotal"], figures["errorRate"]) == (8, 1, 0.125)
    assert figures["latency"]["p99"] > 7500
    assert figures["objectives"] == {
        "errorsWarn": objectives.ERRORS_WARN,
        "errorsPage": objectives.ERRORS_PAGE,
        "p95Ms": objectives.P95_SECONDS * 1000,
    }


def test_whoever_watches_and_asks_what_they_may_is_not_served(
    told: Callable[..., Any], count: Callable[..., None]
) -> None:
    count(10)
    count(10, method="OPTIONS")
    for path in measured.OWN:
        count(10, 10, at=path)
    assert told()["requestsTotal"] == 1


def test_what_was_rolled_up_counts_once_in_whatever_grain_it_is(
    told: Callable[..., Any], world: World, route: str, count: Callable[..., None]
) -> None:
    two = [0, 3] + [0] * (SLOTS - 2)
    count(10, ago="0")
    for grain, ago in (("minute", "20 minutes"), ("hour", "5 days"), ("day", "20 days"), ("day", "40 days")):
        world.run(LASTING, grain, grain, ago, route, two)
    assert told("1h")["requestsTotal"] == 4
    month = told("30d")
    assert month["requestsTotal"] == 10
    assert sum(each["requests"] == 3 for each in month["buckets"]) >= 2
    assert told("24h")["requestsTotal"] == 4


def test_sign_ups_are_in_the_bucket_they_came_in(told: Callable[..., Any], world: World, route: str) -> None:
    before = [each["signUps"] for each in told("30d")["buckets"]]
    person = world.person()
    world.run("update profiles set created_at = now() - interval '3 days' where id = %s", person.id)
    after = [each["signUps"] for each in told("30d")["buckets"]]
    assert sum(after) == sum(before) + 1
    assert after[-4] == before[-4] + 1
    del route


def test_the_worst_open_errors_come_first(told: Callable[..., Any], errors: Callable[..., None]) -> None:
    errors("often", "high", 50)
    errors("once", "critical")
    errors("rare", "high", 2)
    errors("done", "critical", 99, resolved="2026-01-01")
    for number in range(10):
        errors(f"small {number}", "low", 100)
    shown = told()["errors"]
    assert [(each["severity"], each["occurrences"]) for each in shown[:4]] == [
        ("critical", 1),
        ("high", 50),
        ("high", 2),
        ("low", 100),
    ]
    assert len(shown) == 10


def test_what_clients_wrote_is_for_people(
    told: Callable[..., Any], errors: Callable[..., None], ask: Ask, colleague: Person
) -> None:
    errors(HOSTILE, "high")
    assert [each["message"] for each in told()["errors"]] == [None]
    answer = ask(dashboard_figures.app, "GET", PATH, colleague, aal="aal2")
    assert [each["message"] for each in answer.json()["data"]["errors"]] == [HOSTILE]


def test_an_open_page_leaves_one_trace_an_hour(ask: Ask, world: World, colleague: Person) -> None:
    traces = "select count(*)::int from audit_log where action = 'staff.read_dashboard' and actor_id = %s"
    for _ in range(3):
        assert ask(dashboard_figures.app, "GET", PATH, colleague, aal="aal2").status == 200
    assert world.value(traces, colleague.id) == 1
    other = world.person()
    world.run("insert into private.staff (user_id, role) values (%s, 'ops')", other.id)
    assert ask(dashboard_figures.app, "GET", PATH, other, aal="aal2").status == 200
    assert world.value(traces, other.id) == 1
    assert ask(dashboard_figures.app, "GET", PATH, world.person(), aal="aal2").status == 403
