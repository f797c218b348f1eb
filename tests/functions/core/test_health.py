import threading
import time
from collections.abc import Callable

import pytest

from functions.core import health
from shared.app import build
from shared.config import VERSION, Settings
from shared.gate import Door
from shared.tally import Tally
from tests.functions.events import CONTEXT, DOORS, Event
from tests.shared.asgi import Answer, ask
from tests.shared.fixtures import VISIT
from tests.shared.upstream import Say, Upstream

pytestmark = pytest.mark.usefixtures("environment")
HEALTHY = Say({"now": "2026-11-21T02:31:00+00:00"})


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_memory", health.Memory())


def check(path: str = "/functions/v1/core/health") -> Answer:
    return ask(health.app, "GET", path)


def test_health_says_what_runs_and_since_when_it_knows(upstream: Upstream) -> None:
    upstream.script = [HEALTHY]
    answer = check()
    told = answer.json()["data"]
    assert (answer.status, told.pop("timestamp")[-1]) == (200, "Z")
    assert told == {"status": "healthy", "version": VERSION, "release": "tested", "commit": "unknown"}
    asked = upstream.asked[0]
    assert (asked.method, asked.path) == ("POST", "/rest/v1/rpc/health")
    assert (asked.headers["content-profile"], asked.headers["x-act-as"]) == ("backend", "observer")
    assert "authorization" not in asked.headers


def test_credentials_make_no_difference(upstream: Upstream) -> None:
    upstream.script = [HEALTHY]
    assert ask(health.app, "GET", "/core/health", [("Authorization", "x"), ("X-API-Key", "y")]).status == 200
    assert "x-api-key" not in upstream.asked[0].headers


@pytest.mark.parametrize(
    "say",
    [Say(silent=True), Say({"code": "PGRST000"}, status=503), Say(raw=b"<html>"), Say([]), Say(None), Say({})],
)
def test_health_is_503_when_the_database_does_not_answer(upstream: Upstream, say: Say) -> None:
    upstream.script = [say]
    answer = check()
    assert (answer.status, answer.code) == (503, "UNAVAILABLE")
    assert answer.json()["data"]["status"] == "unhealthy"
    assert answer.json()["success"] is False


def test_a_database_that_hangs_is_reported_within_three_seconds(upstream: Upstream) -> None:
    upstream.script = [Say(HEALTHY.body, wait=4)]
    started = time.monotonic()
    assert check().status == 503
    assert time.monotonic() - started < 3


def test_so_it_is_when_requests_are_due_to_be_counted(
    settings: Settings, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    app = build(health.endpoints, settings=lambda: settings)
    monkeypatch.setattr(app, "_tally", Tally(lambda: now))
    now += 60
    upstream.otherwise = lambda _: Say(HEALTHY.body, wait=4)
    started = time.monotonic()
    assert ask(app, "GET", "/core/health").status == 503
    assert time.monotonic() - started < 3
    assert [asked.path for asked in upstream.asked] == ["/rest/v1/rpc/health", "/rest/v1/rpc/count_requests"]


def test_a_crowd_costs_the_database_one_call_in_two_seconds(settings: Settings, upstream: Upstream) -> None:
    now = 100.0
    memory = health.Memory(lambda: now)
    door = Door(settings, VISIT)
    upstream.script = [HEALTHY, Say(silent=True), Say(silent=True)]
    assert [memory.report(door)["status"] for _ in range(5)] == ["healthy"] * 5
    now = 101.9
    assert memory.report(door)["status"] == "healthy"
    assert len(upstream.asked) == 1
    now = 102.0
    assert memory.report(door)["status"] == "unhealthy"


def test_a_name_server_that_hangs_does_not_hold_the_answer(settings: Settings) -> None:
    awake = threading.Event()

    class Asleep(Door):
        def call(self, *_: object, **__: object) -> None:
            awake.wait(10)

    assert health.Memory(deadline=0.01).report(Asleep(settings, VISIT))["status"] == "unhealthy"
    awake.set()


def test_the_old_name_is_an_alias(upstream: Upstream) -> None:
    upstream.script = [HEALTHY]
    assert check("/functions/v1/core_health-check").status == 200


@pytest.mark.parametrize("door", DOORS)
def test_a_lambda_answers_events_of_every_door(upstream: Upstream, door: Callable[..., Event]) -> None:
    upstream.script = [HEALTHY]
    answer = health.handler(door("GET", "/functions/v1/core/health", {"Host": "api.example.com"}), CONTEXT)
    assert (answer["statusCode"], "healthy" in answer["body"]) == (200, True)


def test_the_form_of_the_health_draft_comes_by_accept(upstream: Upstream) -> None:
    upstream.script = [HEALTHY]
    answer = ask(health.app, "GET", "/core/health", [("Accept", "application/health+json")])
    assert (answer.status, answer.headers["content-type"]) == (200, "application/health+json")
    told = answer.json()
    assert (told["status"], told["version"], told["releaseId"]) == ("pass", VERSION, "tested")
    assert "commit unknown" in told["notes"]


def test_so_it_does_when_the_database_is_away(upstream: Upstream) -> None:
    upstream.script = [Say(silent=True)]
    answer = ask(health.app, "GET", "/core/health", [("Accept", "application/health+json")])
    assert (answer.status, answer.json()["status"], answer.headers["retry-after"]) == (503, "fail", "2")


def test_a_database_that_takes_its_time_degrades(upstream: Upstream) -> None:
    upstream.script = [Say(HEALTHY.body, wait=1.05)]
    answer = check()
    assert (answer.status, answer.json()["data"]["status"]) == (200, "degraded")
