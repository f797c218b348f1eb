import json
import time

import pytest

from shared import emf
from shared.app import build
from shared.config import Settings
from shared.endpoint import Call, Endpoint
from tests.shared.asgi import ask
from tests.shared.fixtures import ENVIRONMENT

PLAIN = Settings.read(ENVIRONMENT)
NAMED = Settings.read(ENVIRONMENT | {"EMF_NAMESPACE": "Mainstay"})


def fall(_: Call) -> dict[str, str]:
    raise RuntimeError


ENDPOINTS = [Endpoint("GET", "/notes/{id}", lambda _: {}), Endpoint("GET", "/fall", fall)]


def request_line(settings: Settings, path: str, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    ask(build(ENDPOINTS, settings=lambda: settings), "GET", path)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [found] = [line for line in lines if line["message"] == "request"]
    return dict(found)


def test_without_a_namespace_a_line_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "_aws" not in request_line(PLAIN, "/notes/1", capsys)


def test_every_name_of_the_directive_is_a_member_of_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    line = request_line(NAMED, "/notes/1", capsys)
    aws = line["_aws"]
    assert isinstance(aws, dict)
    [directive] = aws["CloudWatchMetrics"]
    assert directive["Namespace"] == "Mainstay"
    for metric in directive["Metrics"]:
        assert isinstance(line[metric["Name"]], int | float)
    for dimensions in directive["Dimensions"]:
        assert all(isinstance(line[name], str) for name in dimensions)
    # CloudWatch takes moments from two weeks ago to two hours from now.
    assert abs(aws["Timestamp"] / 1000 - time.time()) < 60
    assert (line["requests"], line["errors"], line["service"]) == (1, 0, emf.SERVICE)


def test_what_failed_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert request_line(NAMED, "/fall", capsys)["errors"] == 1
    assert request_line(NAMED, "/nowhere", capsys)["errors"] == 0


def test_a_dimension_is_a_route_and_never_a_client_s_path(capsys: pytest.CaptureFixture[str]) -> None:
    assert request_line(NAMED, "/notes/secret", capsys)["endpoint"] == "GET /notes/{id}"
    assert request_line(NAMED, "/secret", capsys)["endpoint"] == "GET unmatched"
