import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from shared import keys
from shared.app import App
from shared.endpoint import Endpoint
from tests.functions.deployed import Ask
from tests.shared.asgi import ask as ask_app
from tests.world import World

FOLDER = Path(__file__).resolve().parents[3] / "functions" / "auth"
MODULES = [
    importlib.import_module(f"functions.auth.{path.stem}")
    for path in sorted(FOLDER.glob("*.py"))
    if "\nendpoints = " in path.read_text()
]
BODIES: dict[str, Any] = {
    "POST /auth/api-keys": {"name": "ci", "scopes": ["profile:read"]},
    "POST /auth/api-keys/{id}/rotate": {},
    "PATCH /auth/api-keys/{id}": {"name": "other"},
    "PATCH /auth/profile": {"displayName": "Ann"},
    "POST /auth/invitations": {"orgId": str(uuid4()), "email": "ann@example.com", "role": "member"},
    "POST /auth/invitations/accept": {"token": "x"},
    "POST /auth/api-keys/revoke": {"key": keys.make("mainstay", live=False)[1].reveal()},
}
QUERIES = {"DELETE /auth/api-keys": f"orgId={uuid4()}"}


def endpoints() -> Iterator[tuple[App, Endpoint]]:
    for module in MODULES:
        for endpoint in module.endpoints:
            yield module.app, endpoint


def trips(capsys: pytest.CaptureFixture[str]) -> int:
    last: dict[str, Any] = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    return int(last["trips"])


@pytest.mark.parametrize(("app", "endpoint"), list(endpoints()), ids=lambda each: getattr(each, "route", ""))
def test_no_request_takes_more_than_two_trips(
    ask: Ask, world: World, capsys: pytest.CaptureFixture[str], app: App, endpoint: Endpoint
) -> None:
    path = endpoint.path.replace("{id:uuid}", str(uuid4()))
    person = world.person() if endpoint.who else None
    answer = ask(app, endpoint.method, path, person, BODIES.get(endpoint.route), query=QUERIES.get(endpoint.route, ""))
    assert answer.status in {200, 201, 403, 404} or endpoint.route == "POST /auth/leaks/github"
    assert trips(capsys) <= 2


@pytest.mark.parametrize("text", ["", "mainstay_sk_test_x", "mainstay_sk_test_" + "0" * 50])
def test_a_malformed_key_takes_none(deployed: None, capsys: pytest.CaptureFixture[str], text: str) -> None:  # noqa: ARG001 - the environment it stands in
    [whoami] = [module for module in MODULES if module.__name__.endswith("whoami")]
    assert ask_app(whoami.app, "GET", "/auth/whoami", [("X-API-Key", text)]).status == 401
    assert trips(capsys) == 0
