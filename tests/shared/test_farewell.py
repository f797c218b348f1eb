"""The end of a process. With Lambda's own runtime client: tests/functions/core/test_shutdown.py."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import farewell, logs
from shared.app import build
from shared.config import Settings
from shared.endpoint import Endpoint
from shared.principal import PERSON
from shared.tally import Sample, Tally
from tests.shared.asgi import ask
from tests.shared.sample import admit
from tests.shared.upstream import Asked, Say, Upstream

ROOT = Path(__file__).parents[2]
SAMPLE = Sample("/a", "GET", 200, 5.0)


@pytest.fixture
def sigterm() -> Iterator[None]:
    """Put back what SIGTERM did before."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def lambda_api(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> Upstream:
    """Stand where Lambda's own server stands."""
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", upstream.url.removeprefix("http://"))
    monkeypatch.setenv("LAMBDA_FAREWELL", "true")
    return upstream


def test_what_is_kept_is_delivered_once(settings: Settings, upstream: Upstream) -> None:
    tally = Tally()
    farewell.deliver(settings, tally)
    tally.add(SAMPLE)
    farewell.deliver(settings, tally)
    farewell.deliver(settings, tally)
    [asked] = upstream.asked
    assert (asked.path, asked.headers["x-act-as"]) == ("/rest/v1/rpc/count_requests", "gatekeeper")
    assert [cell["route"] for cell in asked.json()["previous"]] == ["/a"]


def test_what_cannot_be_delivered_is_kept(settings: Settings, upstream: Upstream) -> None:
    tally = Tally()
    tally.add(SAMPLE)
    upstream.script = [Say(status=503, body={"code": "PGRST000"})]
    farewell.deliver(settings, tally)
    farewell.deliver(settings, tally)
    assert (len(upstream.asked), len(tally)) == (2, 0)


def test_a_function_that_admits_nobody_delivers_once_a_minute(settings: Settings, upstream: Upstream) -> None:
    now = 1_795_262_400.0
    app = build([Endpoint("GET", "/open", lambda _: {})], settings=lambda: settings)
    app._tally = Tally(lambda: now)  # noqa: SLF001 - its clock
    for _ in range(3):
        ask(app, "GET", "/open")
    assert upstream.asked == []
    now += 60
    ask(app, "GET", "/open")
    ask(app, "GET", "/open")
    [asked] = upstream.asked
    assert sum(sum(cell["histogram"]) for cell in asked.json()["previous"]) == 4


def test_so_does_one_whose_callers_are_all_refused(settings: Settings, upstream: Upstream) -> None:
    now = 1_795_262_400.0
    endpoints = [Endpoint("GET", "/closed", lambda _: {}, PERSON)]
    app = build(endpoints, admit=admit, settings=lambda: settings)
    app._tally = Tally(lambda: now)  # noqa: SLF001 - its clock
    now += 60
    assert ask(app, "GET", "/closed").status == 401
    assert [asked.path for asked in upstream.asked] == ["/rest/v1/rpc/count_requests"]


def test_who_has_taken_leave_delivers_after_each_request(settings: Settings, upstream: Upstream) -> None:
    app = build([Endpoint("GET", "/open", lambda _: {})], settings=lambda: settings)
    app.leave()
    ask(app, "GET", "/open")
    ask(app, "GET", "/open")
    assert len(upstream.asked) == 2


@pytest.mark.usefixtures("sigterm")
def test_at_the_end_the_work_comes_before_what_was_there() -> None:
    told: list[str] = []
    signal.signal(signal.SIGTERM, lambda *_: told.append("before"))
    farewell.on_end(lambda: told.append("work"))
    signal.raise_signal(signal.SIGTERM)
    assert told == ["work", "before"]


@pytest.mark.usefixtures("sigterm")
def test_who_was_to_ignore_the_end_still_does() -> None:
    told: list[str] = []
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    farewell.on_end(lambda: told.append("work"))
    signal.raise_signal(signal.SIGTERM)
    assert told == ["work"]


def test_the_process_ends_by_the_signal_afterwards() -> None:
    program = (
        "import os, signal\nfrom shared.farewell import on_end\n"
        "on_end(lambda: print('work', flush=True))\nos.kill(os.getpid(), signal.SIGTERM)\nprint('never')"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (-signal.SIGTERM, "work\n")


@pytest.mark.usefixtures("sigterm")
def test_on_lambda_it_registers_and_says_that_it_is_ready(lambda_api: Upstream) -> None:
    ready = threading.Event()
    lambda_api.script = [Say({}, headers={"Lambda-Extension-Identifier": "some-id"})]

    def answer(_: Asked) -> Say:
        ready.set()
        return Say({})

    lambda_api.otherwise = answer
    told: list[str] = []
    farewell.register(lambda: told.append("work"))
    assert ready.wait(5)
    registered, waits = lambda_api.asked
    assert (registered.method, registered.path) == ("POST", "/2020-01-01/extension/register")
    assert (registered.json(), registered.headers["lambda-extension-name"]) == ({"events": []}, "mainstay-farewell")
    assert (waits.method, waits.path) == ("GET", "/2020-01-01/extension/event/next")
    assert waits.headers["lambda-extension-identifier"] == "some-id"
    before = signal.getsignal(signal.SIGTERM)
    assert callable(before)
    assert told == []


@pytest.mark.usefixtures("sigterm")
@pytest.mark.parametrize(
    "say", [Say({}, status=403), Say({}), Say(silent=True)], ids=["refused", "no identifier", "silent"]
)
def test_who_cannot_register_serves_all_the_same(
    lambda_api: Upstream, say: Say, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    logs.configure(settings)
    lambda_api.script = [say]
    farewell.register(lambda: None)
    assert json.loads(capsys.readouterr().out)["message"] == "not registered as an extension"
    assert len(lambda_api.asked) == 1


def test_nobody_else_registers(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setenv("LAMBDA_FAREWELL", "true")
    monkeypatch.delenv("AWS_LAMBDA_RUNTIME_API", raising=False)
    farewell.register(lambda: None)
    monkeypatch.setenv("LAMBDA_FAREWELL", "false")
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", upstream.url.removeprefix("http://"))
    farewell.register(lambda: None)
    assert (upstream.asked, signal.getsignal(signal.SIGTERM)) == ([], before)
