"""A function as it is deployed: in this process, with a unit's environment, against the run's real stack."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dev import units
from dev.stack import Stack
from shared import config
from shared.app import App
from shared.wire import wire_to
from tests.shared.asgi import JSON_TYPE, Answer
from tests.shared.asgi import ask as ask_app
from tests.world import Person, World

Ask = Callable[..., Answer]


@pytest.fixture
def deployed(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give this process the environment of the auth unit."""
    for name, value in units.environment("auth", stack.ports, stack.keyring, stack.project).items():
        monkeypatch.setenv(name, value)
    # Nobody is told that there is work: its jobs are for the tests that come after.
    monkeypatch.setenv("JOBS_URL", "")
    config.settings.cache_clear()
    yield
    wire_to(stack.url).close()
    config.settings.cache_clear()


@pytest.fixture
def ask(deployed: None, world: World) -> Ask:  # noqa: ARG001 - the environment it stands in
    """Ask an app something as a person, or as nobody."""

    def call(
        app: App, method: str, path: str, person: Person | None, body: Any = None, *, query: str = "", **claims: Any
    ) -> Answer:
        headers = [("Authorization", f"Bearer {world.sign(person.claims(**claims))}")] if person else []
        raw = b"" if body is None else json.dumps(body).encode()
        return ask_app(app, method, path, [*headers, JSON_TYPE] if raw else headers, raw, query=query.encode())

    return call
