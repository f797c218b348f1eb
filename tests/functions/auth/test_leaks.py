"""Ending a leaked key: what a stranger may cause by it."""

import pytest

from functions.auth import api_keys, leaks
from shared.config import Settings
from tests.functions.deployed import Ask
from tests.world import World

PATH = "/auth/api-keys/revoke"


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The hints that were given."""
    given: list[Settings] = []
    monkeypatch.setattr(leaks, "hint", given.append)
    return given


def test_only_a_key_that_ended_gives_the_jobs_function_work(ask: Ask, world: World, hints: list[Settings]) -> None:
    person = world.person()
    made = ask(api_keys.app, "POST", "/auth/api-keys", person, {"name": "leaked", "scopes": ["profile:read"]})
    key = made.json()["data"]["key"]
    world.run("delete from public.api_keys where id = %s", made.json()["data"]["id"])
    assert ask(leaks.app, "POST", PATH, None, {"key": key}).status == 404
    assert hints == []

    made = ask(api_keys.app, "POST", "/auth/api-keys", person, {"name": "leaked", "scopes": ["profile:read"]})
    assert ask(leaks.app, "POST", PATH, None, {"key": made.json()["data"]["key"]}).json()["data"] == {"revoked": True}
    assert len(hints) == 1
