"""Deep health: every part of the real stack, and parts that fail or hang."""

import dataclasses
import sys
import threading
import time

import pytest

from dev.stack import Stack
from functions.core import checks, deep_health, objectives, schema_version
from functions.core.checks import DEGRADED, HEALTHY, NOT_CONFIGURED, UNHEALTHY, Finding
from shared.config import Settings
from shared.errors import Unavailable
from shared.gate import Door
from shared.values import Secret
from tests.functions.core.watching import watch
from tests.functions.deployed import Ask
from tests.shared import redis_double
from tests.shared.asgi import ask as ask_app
from tests.shared.fixtures import VISIT
from tests.shared.upstream import Asked, Json, Say, Upstream
from tests.world import World

PATH = "/core/health/deep"


@pytest.mark.usefixtures("core")
def test_staff_with_a_second_factor_the_token_and_nobody_else(ask: Ask, stack: Stack, world: World) -> None:
    colleague = world.person()
    world.run("insert into private.staff (user_id, role) values (%s, 'ops')", colleague.id)
    assert ask(deep_health.app, "GET", PATH, None).status == 401
    assert ask(deep_health.app, "GET", PATH, world.person(), aal="aal2").status == 403
    assert ask(deep_health.app, "GET", PATH, colleague).status == 403
    assert ask(deep_health.app, "GET", PATH, colleague, aal="aal2").status == 200
    assert watch(deep_health.app, stack, PATH).status == 200
    assert watch(deep_health.app, stack, PATH, token="x" * 43).status == 401


@pytest.mark.usefixtures("core", "send")
def test_every_part_of_the_stack_is_looked_at(stack: Stack, world: World) -> None:
    # What other tests left unfetched is behind by as long as they took, and what they broke is found.
    world.run("update billing_customers set dirty_at = null")
    world.run("delete from private.billing_findings")
    told = watch(deep_health.app, stack, PATH).json()["data"]
    services = told["services"]
    assert set(services) == set(checks.CHECKS)
    statuses = {name: each["status"] for name, each in services.items()}
    # Whether anything is sold depends on what other tests left.
    assert statuses.pop("payments") in {NOT_CONFIGURED, HEALTHY}
    assert statuses == {name: NOT_CONFIGURED if name in {"storage", "cache"} else HEALTHY for name in statuses}
    assert told["status"] == HEALTHY
    assert services["database"]["connections"] > 0
    assert services["database"]["maxConnections"] == world.value("select current_setting('max_connections')::int")
    assert abs(services["clock"]["skewMs"]) < 1000
    assert services["migrations"]["applied"] >= services["migrations"]["needed"]
    assert all(each["latencyMs"] >= 0 for each in services.values())


@pytest.mark.usefixtures("core", "send")
def test_a_job_that_was_given_up_degrades(stack: Stack, world: World) -> None:
    job = world.value("select private.send_job('test.dead', '{}')")
    world.run("update private.jobs set status = 'dead', finished_at = now() where id = %s", job)
    told = watch(deep_health.app, stack, PATH)
    assert (told.status, told.json()["data"]["status"]) == (200, DEGRADED)
    assert told.json()["data"]["services"]["queue"]["dead"] == 1


def door(settings: Settings) -> Door:
    return Door(settings, VISIT)


def failing(_: Door) -> Finding:
    raise Unavailable(cause="no connection to db.secret-host.example")


def broken(_: Door) -> Finding:
    raise KeyError("connections")


def well(_: Door) -> Finding:
    return Finding(HEALTHY, {"answer": 42})


def test_a_check_that_fails_hangs_or_breaks_hides_no_other(settings: Settings) -> None:
    over = threading.Event()

    def hanging(_: Door) -> Finding:
        over.wait(10)
        return Finding(HEALTHY)

    started = time.monotonic()
    told = deep_health.look(
        door(settings), {"one": failing, "two": hanging, "three": broken, "four": well}, deadline=0.3
    )
    over.set()
    assert time.monotonic() - started < 2
    assert {name: each["status"] for name, each in told.items()} == {
        "one": UNHEALTHY,
        "two": UNHEALTHY,
        "three": UNHEALTHY,
        "four": HEALTHY,
    }
    assert [told[name]["problem"] for name in ("one", "two", "three")] == [
        "UNAVAILABLE",
        "UPSTREAM_TIMEOUT",
        "INTERNAL_ERROR",
    ]
    assert told["four"]["answer"] == 42
    assert "secret-host" not in str(told)


def test_checks_run_side_by_side(settings: Settings) -> None:
    everybody = threading.Barrier(4, timeout=5)

    def meet(_: Door) -> Finding:
        everybody.wait()
        return Finding(HEALTHY)

    told = deep_health.look(door(settings), dict.fromkeys("abcd", meet), deadline=5)
    assert {each["status"] for each in told.values()} == {HEALTHY}


DATABASE = {"connections": 10, "max_connections": 100, "replication_lag_seconds": None}
QUEUE = {"waiting": 1, "oldest_waiting_seconds": 1, "dead": 0}
INBOX = {"waiting": 1, "oldest_waiting_seconds": 1, "failed": 0}
SELLING = {"configured": True, "livemode": False, "behind_seconds": 0, "violations": 0}


@pytest.mark.parametrize(
    ("check", "answer", "status"),
    [
        (checks.database, DATABASE, HEALTHY),
        (checks.database, DATABASE | {"connections": 91}, DEGRADED),
        (checks.database, DATABASE | {"replication_lag_seconds": objectives.REPLICATION_SECONDS + 1}, DEGRADED),
        (checks.queue, QUEUE, HEALTHY),
        (checks.queue, QUEUE | {"oldest_waiting_seconds": objectives.QUEUE_SECONDS + 1}, DEGRADED),
        (checks.queue, QUEUE | {"dead": 1}, DEGRADED),
        (checks.inbox, INBOX, HEALTHY),
        (checks.inbox, INBOX | {"failed": 1}, DEGRADED),
        (checks.inbox, INBOX | {"oldest_waiting_seconds": objectives.INBOX_SECONDS + 1}, DEGRADED),
        (checks.payments, SELLING | {"configured": False}, NOT_CONFIGURED),
        (checks.payments, SELLING, HEALTHY),
        (checks.payments, SELLING | {"livemode": True}, DEGRADED),
        (checks.payments, SELLING | {"violations": 1}, DEGRADED),
        (checks.payments, SELLING | {"behind_seconds": objectives.INBOX_SECONDS + 1}, DEGRADED),
        (checks.clock, {"now": "2020-01-01T00:00:00+00:00"}, DEGRADED),
        (checks.migrations, {"newest": schema_version.NEWEST}, HEALTHY),
        (checks.migrations, {"newest": "99991231235959"}, HEALTHY),
        (checks.migrations, {"newest": "20200101000000"}, DEGRADED),
        (checks.migrations, {"newest": None}, DEGRADED),
        (checks.auth, {}, HEALTHY),
        (checks.storage, {}, HEALTHY),
    ],
)
def test_what_each_part_says(
    settings: Settings, upstream: Upstream, check: checks.Check, answer: Json, status: str
) -> None:
    upstream.script = [Say(answer)]
    assert check(door(settings)).status == status


def test_mail_that_nobody_sends_degrades(settings: Settings) -> None:
    assert checks.mail(door(settings)).status == DEGRADED


def test_a_shared_cache_is_asked_where_there_is_one(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    server = redis_double.Server()
    monkeypatch.setitem(sys.modules, "redis", redis_double.module(server))
    shared = dataclasses.replace(settings, redis_url=Secret("redis://cache.example:6379"))
    assert checks.cache(door(settings)).status == NOT_CONFIGURED
    assert checks.cache(door(shared)).status == HEALTHY
    server.ailing = OSError("no route to cache.example")
    told = deep_health.look(door(shared), {"cache": checks.cache}, 2)
    assert told["cache"]["problem"] == "UPSTREAM_FAILED"
    assert "example" not in str(told)


@pytest.mark.parametrize("check", [checks.auth, checks.storage])
def test_a_server_that_answers_badly_is_ill(settings: Settings, upstream: Upstream, check: checks.Check) -> None:
    upstream.script = [Say({}, status=500)]
    assert deep_health.look(door(settings), {"it": check}, 2)["it"]["problem"] == "UPSTREAM_FAILED"


@pytest.mark.usefixtures("environment")
def test_without_the_database_it_is_503_and_says_what_still_works(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "t" * 32
    monkeypatch.setenv("METRICS_TOKEN", token)

    def answer(asked: Asked) -> Say:
        return Say({}) if asked.path.startswith(("/auth", "/storage")) else Say({"code": "PGRST000"}, status=503)

    upstream.otherwise = answer
    told = ask_app(deep_health.app, "GET", PATH, [("Authorization", f"Bearer {token}")])
    assert (told.status, told.code, told.json()["data"]["status"]) == (503, "UNAVAILABLE", UNHEALTHY)
    services = told.json()["data"]["services"]
    assert (services["database"]["status"], services["auth"]["status"]) == (UNHEALTHY, HEALTHY)
    # Nothing but the function's own key went along: the token is known to nobody else.
    assert all("authorization" not in asked.headers for asked in upstream.asked)
