"""The end of an instance on Lambda: its own runtime client, an event, an answer, and then the SIGTERM of a shutdown.

An instance is told of its end only as an extension, and its main thread can hear of it from Python 3.12 on, where the
runtime client waits for events in a thread. AWS_EXECUTION_ENV makes it do so here, whatever runs the tests.
"""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.functions.events import function_url
from tests.shared.fixtures import BEARER, ENVIRONMENT, PERSON_ADMITTED
from tests.shared.upstream import Asked, Say, Upstream

pytest.importorskip("awslambdaric", reason="Lambda's runtime client exists for Linux only")

ROOT = Path(__file__).resolve().parents[3]
RUNTIME = "/2018-06-01/runtime/invocation"
INVOCATION = {
    "Lambda-Runtime-Aws-Request-Id": "00000000-0000-4000-8000-000000000001",
    "Lambda-Runtime-Deadline-Ms": "4102444800000",
    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:123456789012:function:tested",
    "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000",
}
FOREVER = 20.0


class Service:
    """Lambda, as an instance sees it: hands out events, takes answers, takes registrations."""

    def __init__(self, api: Upstream, events: list[dict[str, Any]]) -> None:
        self.api, self.events = api, events
        self.answers: list[Any] = []
        self.idle = threading.Event()
        self.ready = threading.Event()
        api.otherwise = self._answer

    def _answer(self, asked: Asked) -> Say:
        if asked.path.endswith("/extension/register"):
            return Say({}, headers={"Lambda-Extension-Identifier": "an-extension"})
        if asked.path.endswith("/extension/event/next"):
            self.ready.set()
            return Say({}, wait=FOREVER)
        if asked.path == f"{RUNTIME}/next":
            if self.events:
                return Say(self.events.pop(0), headers=INVOCATION)
            self.idle.set()
            return Say({}, wait=FOREVER)
        self.answers.append(json.loads(asked.body))
        return Say({}, status=202)


@pytest.fixture
def api() -> Iterator[Upstream]:
    server = Upstream()
    yield server
    server.close()


@contextmanager
def instance(
    service: Service, project: Upstream, handler: str, *, farewell: bool = True
) -> Iterator[subprocess.Popen[bytes]]:
    """Start an instance and wait until it has answered everything."""
    env = ENVIRONMENT | {
        "SUPABASE_URL": project.url,
        "AWS_LAMBDA_RUNTIME_API": service.api.url.removeprefix("http://"),
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.12",
        "LAMBDA_FAREWELL": "true" if farewell else "false",
        "PATH": "/usr/bin:/bin",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "awslambdaric", handler], cwd=ROOT, env=env, stdout=subprocess.PIPE
    )
    try:
        assert service.idle.wait(20)
        yield process
    finally:
        process.kill()
        process.communicate()


def event(path: str) -> dict[str, Any]:
    return function_url("GET", f"/functions/v1{path}", {"Host": "api.example.com", BEARER[0]: BEARER[1]})


def counted(project: Upstream) -> list[int]:
    """Return how many requests each call of the instance carried, in turn; admission that carries none is 0."""
    carried = [
        asked.json()["previous"] for asked in project.asked if asked.path.endswith(("/admit", "/count_requests"))
    ]
    return [sum(sum(cell["histogram"]) for cell in previous) for previous in carried]


def answer(statuses: dict[str, Say]) -> Callable[[Asked], Say]:
    return lambda asked: next((say for end, say in statuses.items() if asked.path.endswith(end)), Say([]))


PROJECT = answer({"/health": Say({"now": "2026-11-21T02:31:00+00:00"}), "/admit": Say(PERSON_ADMITTED)})


@pytest.mark.parametrize(
    ("handler", "path", "carried"),
    [
        ("functions.core.health.handler", "/core/health", [3]),
        ("functions.auth.api_keys.handler", "/auth/api-keys", [0, 1, 1, 1]),
    ],
)
def test_the_last_request_is_counted_at_the_end(
    api: Upstream, upstream: Upstream, handler: str, path: str, carried: list[int]
) -> None:
    upstream.otherwise = PROJECT
    service = Service(api, [event(path) for _ in range(3)])
    with instance(service, upstream, handler) as process:
        assert service.ready.wait(5)
        process.send_signal(signal.SIGTERM)
        # Lambda kills 500 ms after it has said so.
        assert process.wait(0.5 + 2.0) == -signal.SIGTERM
    assert [each["statusCode"] for each in service.answers] == [200] * 3
    assert counted(upstream) == carried
    assert sum(counted(upstream)) == 3


def test_without_the_farewell_one_request_is_owed(api: Upstream, upstream: Upstream) -> None:
    upstream.otherwise = PROJECT
    service = Service(api, [event("/auth/api-keys") for _ in range(3)])
    with instance(service, upstream, "functions.auth.api_keys.handler", farewell=False) as process:
        process.send_signal(signal.SIGTERM)
        process.wait(2)
    assert sum(counted(upstream)) == 2
    assert not [asked for asked in api.asked if "extension" in asked.path]


def test_a_database_that_hangs_does_not_hold_up_the_end(api: Upstream, upstream: Upstream) -> None:
    upstream.otherwise = answer(
        {"/health": Say({"now": "2026-11-21T02:31:00+00:00"}), "/count_requests": Say(1, wait=5)}
    )
    service = Service(api, [event("/core/health")])
    with instance(service, upstream, "functions.core.health.handler") as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(1.5) == -signal.SIGTERM
    assert counted(upstream) == [1]
