"""What ties a request to what it asked of others: the ids that go along, and the time that it took."""

import json
from typing import Any

import pytest

from shared.admission import admit
from shared.app import App, build
from shared.config import Settings
from shared.endpoint import Call, Endpoint
from shared.principal import PERSON
from tests.shared.asgi import Answer, ask
from tests.shared.fixtures import BEARER, PERSON_ADMITTED
from tests.shared.upstream import Say, Upstream

TRACE = f"00-{'a' * 32}-{'b' * 16}-01"


def read(call: Call) -> dict[str, Any]:
    call.db.from_("profiles").select("id").execute()
    return {}


@pytest.fixture
def app(settings: Settings) -> App:
    return build([Endpoint("GET", "/profile", read, PERSON)], admit=admit, settings=lambda: settings)


def call(app: App, *headers: tuple[str, str]) -> Answer:
    return ask(app, "GET", "/profile", [BEARER, *headers])


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    [found] = [json.loads(each) for each in capsys.readouterr().out.splitlines() if '"request"' in each]
    return dict(found)


def test_the_trace_goes_along_with_every_call(app: App, upstream: Upstream, capsys: pytest.CaptureFixture[str]) -> None:
    upstream.script = [Say(PERSON_ADMITTED), Say([])]
    answer = call(app, ("traceparent", TRACE), ("X-Request-Id", "request-0042"))
    assert answer.status == 200
    assert [asked.headers["traceparent"] for asked in upstream.asked] == [TRACE, TRACE]
    assert [asked.headers["x-request-id"] for asked in upstream.asked] == ["request-0042"] * 2
    told = line(capsys)
    assert (told["traceparent"], told["requestId"]) == (TRACE, "request-0042")


@pytest.mark.parametrize("odd", ["", "00-x-y-01", TRACE.upper(), TRACE + "\t", f"00-{'0' * 32}-{'b' * 16}-01"])
def test_what_is_no_trace_goes_nowhere(
    app: App, upstream: Upstream, odd: str, capsys: pytest.CaptureFixture[str]
) -> None:
    upstream.script = [Say(PERSON_ADMITTED), Say([])]
    call(app, ("traceparent", odd))
    assert [asked.headers.get("traceparent") for asked in upstream.asked] == [None, None]
    assert "traceparent" not in line(capsys)


def test_the_line_says_how_often_and_how_long_others_were_asked(
    app: App, upstream: Upstream, capsys: pytest.CaptureFixture[str]
) -> None:
    upstream.script = [Say(PERSON_ADMITTED, wait=0.05), Say([], wait=0.05)]
    call(app)
    told = line(capsys)
    assert told["trips"] == 2
    assert 100 <= told["upstreamMs"] <= told["durationMs"]


def test_the_time_of_a_call_that_failed_counts(
    app: App, upstream: Upstream, capsys: pytest.CaptureFixture[str]
) -> None:
    upstream.script = [Say({"code": "PGRST000"}, status=503, wait=0.05)]
    assert call(app).status == 503
    assert line(capsys)["upstreamMs"] >= 50


def test_a_refusal_here_asks_nobody(app: App, upstream: Upstream, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(app, "GET", "/profile").status == 401
    told = line(capsys)
    assert (told["trips"], told["upstreamMs"], upstream.asked) == (0, 0, [])
