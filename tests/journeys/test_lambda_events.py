"""The handlers with real Lambda events against the real database, in an interpreter with a function's environment."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dev import units
from dev.stack import Stack
from tests.world import Person, World

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import importlib, json, sys
handler = importlib.import_module(sys.argv[1]).handler
json.dump([handler(event, None) for event in json.load(sys.stdin)], sys.stdout)
"""


@pytest.fixture(scope="module")
def person(world: World) -> Person:
    return world.person()


def rest_api(method: str, path: str, headers: dict[str, str], body: str | None) -> dict[str, Any]:
    """Return an event of API Gateway's payload format 1.0."""
    many = {name: [value] for name, value in headers.items()}
    return {
        "version": "1.0",
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": many,
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"identity": {"sourceIp": "192.0.2.7"}, "httpMethod": method, "path": path, "stage": "v1"},
        "body": body,
        "isBase64Encoded": False,
    }


def http_api(method: str, path: str, headers: dict[str, str], body: str | None) -> dict[str, Any]:
    """Return an event of API Gateway's payload format 2.0."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {
            "domainName": "api.example.com",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.7",
                "userAgent": "curl",
            },
            "stage": "$default",
        },
        "body": body,
        "isBase64Encoded": False,
    }


def function_url(method: str, path: str, headers: dict[str, str], body: str | None) -> dict[str, Any]:
    """Return an event of a function URL, which encodes every body."""
    event = http_api(method, path, headers, body)
    event["requestContext"] |= {"domainName": "abc.lambda-url.eu-central-1.on.aws", "accountId": "anonymous"}
    if body is not None:
        event |= {"body": base64.b64encode(body.encode()).decode(), "isBase64Encoded": True}
    return event


def answers(stack: Stack, unit: str, module: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run a handler as Lambda does: its own process, its own environment, one event after another."""
    environment = units.environment(unit, stack.ports, stack.keyring, stack.project)
    ran = subprocess.run(
        [sys.executable, "-c", RUN, module],
        cwd=ROOT,
        env={**environment},
        input=json.dumps(events),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    told: list[dict[str, Any]] = json.loads(ran.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("event", [rest_api, http_api, function_url])
def test_health(stack: Stack, event: Any) -> None:
    [answer] = answers(stack, "core", "functions.core.health", [event("GET", "/functions/v1/core/health", {}, None)])
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["data"]["status"] == "healthy"
    assert answer["isBase64Encoded"] is False


@pytest.mark.parametrize("event", [rest_api, http_api, function_url])
def test_a_key_is_made_and_refused_where_it_should_be(stack: Stack, world: World, person: Person, event: Any) -> None:
    bearer = {"Authorization": f"Bearer {world.sign(person.claims())}", "Content-Type": "application/json"}
    body = json.dumps({"name": "Prüfstand ☃", "scopes": ["profile:read"]})
    path = "/functions/v1/auth/api-keys"
    made, listed, nobody, broken, unknown = answers(
        stack,
        "auth",
        "functions.auth.api_keys",
        [
            event("POST", path, bearer, body),
            event("GET", path, {"Authorization": bearer["Authorization"]}, None),
            event("GET", path, {}, None),
            event("POST", path, bearer, body[:-1]),
            event("GET", "/functions/v1/auth/nothing", {}, None),
        ],
    )
    assert made["statusCode"] == 201, made["body"]
    assert json.loads(made["body"])["data"]["name"] == "Prüfstand ☃"
    assert "Prüfstand ☃" in [item["name"] for item in json.loads(listed["body"])["data"]["items"]]
    assert [answer["statusCode"] for answer in (nobody, broken, unknown)] == [401, 400, 404]
    for answer in (made, listed, nobody, broken, unknown):
        assert json.loads(answer["body"])["requestId"]
        sent = {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
        sent |= {name.lower(): value[0] for name, value in (answer.get("multiValueHeaders") or {}).items()}
        assert sent["x-content-type-options"] == "nosniff"
