import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dev import units
from dev.stack import Stack
from shared import cache, config
from shared.gate import Door
from shared.visit import Visit
from shared.wire import wire_to
from tests.world import World

VISIT = Visit(method="POST", path="/core/jobs/run", request_id="request-0001")
Send = Callable[..., int]


@pytest.fixture
def door(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    for name, value in units.environment("core", stack.ports, stack.keyring, stack.project).items():
        monkeypatch.setenv(name, value)
    config.settings.cache_clear()
    yield Door(config.settings(), VISIT)
    wire_to(stack.url).close()
    config.settings.cache_clear()


@pytest.fixture
def send(world: World) -> Iterator[Send]:
    """Send jobs into an empty queue whose schedules sleep."""
    world.run("delete from private.jobs")
    world.run("update private.schedules set enabled = false")

    def send_job(kind: str, **payload: Any) -> int:
        return int(world.value("select private.send_job(%s, %s)", kind, json.dumps(payload)))

    yield send_job
    world.run("delete from private.jobs")


@pytest.fixture
def core(deployed: None, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - it puts things back
    """Be the core unit rather than the auth unit, with nothing in its cache."""
    for name, value in units.environment("core", stack.ports, stack.keyring, stack.project).items():
        monkeypatch.setenv(name, value)
    config.settings.cache_clear()
    monkeypatch.setattr(cache, "_caches", {})
