"""Sentry, through what stands in for its package."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from shared import logs, sentry
from shared.app import build
from shared.config import Misconfigured, Settings
from shared.endpoint import Call, Endpoint
from shared.logs import HIDDEN
from tests.shared.asgi import ask
from tests.shared.fixtures import ENVIRONMENT, JWT

DSN = "https://0123456789abcdef@o1.ingest.sentry.example/2"
SETTINGS = Settings.read(ENVIRONMENT | {"SENTRY_DSN": DSN})


class Double:
    """What `import sentry_sdk` finds: keeps what it is told, redacted as it would be sent."""

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}
        self.told: list[dict[str, Any]] = []
        self.flushed: list[float] = []
        self.tags: dict[str, str] = {}
        self.ailing: Exception | None = None

    def init(self, **options: Any) -> None:
        self.options = options

    @contextmanager
    def new_scope(self) -> Iterator[Any]:
        self.tags = {}
        yield SimpleNamespace(set_tag=self.tags.__setitem__)

    def capture(self, event: dict[str, Any]) -> None:
        if self.ailing:
            raise self.ailing
        self.told.append(self.options["before_send"](event | {"tags": dict(self.tags)}, {}))

    def capture_exception(self, error: BaseException) -> None:
        values = [{"type": type(error).__name__, "value": str(error)}]
        self.capture({"level": "error", "exception": {"values": values}})

    def capture_message(self, message: str, *, level: str) -> None:
        self.capture({"level": level, "message": message})

    def flush(self, *, timeout: float) -> None:
        self.flushed.append(timeout)


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Double:
    double = Double()
    module = ModuleType("sentry_sdk")
    for name in ("init", "new_scope", "capture_exception", "capture_message", "flush"):
        setattr(module, name, getattr(double, name))
    monkeypatch.setitem(sys.modules, "sentry_sdk", module)
    monkeypatch.setattr(sentry, "_begun", {})
    return double


def fail(_: Call) -> dict[str, Any]:
    raise RuntimeError(f"could not read {JWT} of someone@example.com with {ENVIRONMENT['FUNCTION_KEY']}")


def app(settings: Settings = SETTINGS) -> Any:
    endpoints = [Endpoint("GET", "/broken", fail), Endpoint("GET", "/well", lambda _: {"well": True})]
    return build(endpoints, settings=lambda: settings)


def test_what_nobody_expected_is_told_without_secrets(double: Double) -> None:
    answer = ask(app(), "GET", "/broken")
    assert answer.code == "INTERNAL_ERROR"
    [told] = double.told
    assert told["exception"]["values"] == [
        {"type": "RuntimeError", "value": f"could not read {HIDDEN} of {HIDDEN} with {HIDDEN}"}
    ]
    assert told["tags"] == {"requestId": answer.headers["x-request-id"], "method": "GET", "route": "/broken"}
    assert double.flushed == [sentry.SENDING_SECONDS]


def test_it_is_told_of_no_request_no_variable_and_no_person(double: Double) -> None:
    sentry.begin(SETTINGS)
    closed = ("default_integrations", "auto_enabling_integrations", "include_local_variables", "send_default_pii")
    assert [double.options[name] for name in closed] == [False] * 4
    assert (double.options["max_breadcrumbs"], double.options["release"]) == (0, "tested")


def test_it_begins_once_for_all_functions_of_a_process(double: Double) -> None:
    begun = app(), app()
    assert double.options == {}
    for each in begun:
        assert ask(each, "GET", "/well").status == 200
    double.options = {}
    ask(begun[0], "GET", "/well")
    assert (double.options, double.told) == ({}, [])


@pytest.mark.parametrize(
    ("severity", "level"), [("low", "info"), ("medium", "warning"), ("high", "error"), ("critical", "fatal")]
)
def test_a_report_is_told_with_its_level(double: Double, severity: str, level: str) -> None:
    sentry.begin(SETTINGS)
    sentry.tell_report(SETTINGS, "it broke", severity, {"category": "tests"})
    assert double.told == [{"level": level, "message": "it broke", "tags": {"category": "tests"}}]


def test_a_sentry_that_fails_changes_no_answer(double: Double, capsys: pytest.CaptureFixture[str]) -> None:
    double.ailing = ConnectionError(DSN)
    assert ask(app(), "GET", "/broken").code == "INTERNAL_ERROR"
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["message"] for line in lines] == ["request failed", "sentry failed", "request"]
    assert DSN not in str(lines)


def test_without_its_package_a_function_says_so_and_answers_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sentry, "_begun", {})
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with pytest.raises(Misconfigured, match="SENTRY_DSN is set, but the package sentry-sdk is not installed"):
        sentry.begin(SETTINGS)
    broken = app()
    for _ in range(2):
        assert ask(broken, "GET", "/well").code == "INTERNAL_ERROR"
    assert "the package sentry-sdk is not installed" in capsys.readouterr().out


def test_where_it_is_not_set_it_is_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentry, "_begun", {})
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    plain = Settings.read(ENVIRONMENT)
    assert ask(app(plain), "GET", "/well").status == 200
    assert ask(app(plain), "GET", "/broken").code == "INTERNAL_ERROR"
    sentry.tell_report(plain, "it broke", "low", {})
    logs.configure()
