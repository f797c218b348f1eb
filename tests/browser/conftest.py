"""A real browser that visits our pages; what it saw comes back as JSON."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from dev.stack import Stack
from tests.chromium import chromium
from tests.world import Person, World

HOSTILE = "<img src=x onerror=alert(1)>"
# What a browser says of every answer that is a refusal.
REFUSED = "Failed to load resource"
Visit = Callable[..., Any]
Look = Callable[..., Any]


@pytest.fixture(scope="session")
def browser() -> str:
    """Where Chromium is."""
    return chromium()


@pytest.fixture(scope="session")
def visit(browser: str) -> Visit:
    """Run one of the visits of a script beside the tests."""

    def run(script: str, name: str, **told: Any) -> Any:
        ran = subprocess.run(
            ["node", str(Path(__file__).parent / script)],  # noqa: S607 - the Node that the stack itself runs on
            input=json.dumps({"visit": name, "browser": browser, **told}),
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return run


@pytest.fixture
def look(visit: Visit, stack: Stack) -> Look:
    """Visit the page, and hold what holds for every visit: nobody else is asked, and nothing goes wrong unseen."""

    def looked(script: str, name: str, **told: Any) -> Any:
        page = f"{stack.functions_url}/core/dashboard"
        saw = visit(script, name, page=page, token=stack.keyring.metrics_token, **told)
        assert saw["origins"] == [stack.url]
        assert [said for said in saw["console"] if not said.startswith(REFUSED)] == []
        assert (saw["violations"], saw["dialogs"]) == ([], [])
        return saw

    return looked


@pytest.fixture
def colleague(world: World) -> Person:
    """Somebody on the staff."""
    person = world.person()
    world.run("insert into private.staff (user_id, role) values (%s, 'ops')", person.id)
    return person


@pytest.fixture
def token_of(world: World) -> Callable[[Person], str]:
    """Mint what Auth issues after a second factor, each time another."""
    return lambda person: world.sign(person.claims(aal="aal2", jti=str(uuid4())))


@pytest.fixture
def hostile(world: World) -> Iterator[None]:
    """Report an error whose text is markup."""
    world.run("delete from private.error_reports")
    world.run(
        "insert into private.error_reports (fingerprint, category, message, severity, metadata)"
        " values (sha256('hostile'), 'tests', %s, 'high', '{}')",
        HOSTILE,
    )
    yield
    world.run("delete from private.error_reports")
