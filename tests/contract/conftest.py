"""The functions as they are deployed, each unit with its own environment, in this process."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from dev import functions, market, units
from dev.stack import Stack
from functions.billing import payments
from shared.app import App, build
from shared.config import Settings
from shared.values import read_peppers
from shared.wire import wire_to
from tests.contract.limits import lift_limits
from tests.contract.scene import Headers, Scene
from tests.contract.sent import Sent
from tests.contract.signatures import WEBHOOK
from tests.shared.asgi import Answer, ask
from tests.world import World

Answering = Callable[[Sent], Answer]
TALLY: Counter[str] = Counter()


@pytest.fixture(scope="module")
def answering(stack: Stack) -> Iterator[Answering]:
    """Send a request to the unit that its path belongs to, and count the answer."""
    apps = {unit: app_of(stack, unit) for unit in stack.units}

    def send(sent: Sent) -> Answer:
        first = sent.path.removeprefix("/functions/v1/").partition("/")[0].partition("_")[0]
        answer = ask(
            apps.get(first, apps["core"]),
            sent.method,
            unquote(sent.path, errors="surrogateescape"),
            sent.headers,
            sent.body,
            query=sent.query.encode(),
        )
        TALLY[str(answer.status)] += 1
        return answer

    yield send
    wire_to(stack.url).close()


def app_of(stack: Stack, unit: str) -> App:
    environment = units.environment(unit, stack.ports, stack.keyring, stack.project)
    more = {"RESEND_WEBHOOK_SECRET": WEBHOOK, "STRIPE_PORTAL_CONFIGURATION": stack.portal, "JOBS_URL": ""}
    settings = Settings.read({**environment, **more})
    endpoints = [endpoint for module in functions.modules(unit) for endpoint in module.endpoints]
    return build(endpoints, admit=functions.admission(endpoints), settings=lambda: settings)


@pytest.fixture(scope="module", autouse=True)
def unlimited(world: World) -> Iterator[None]:
    """Let everybody ask as often as they like, as long as this module lasts."""
    with lift_limits(world):
        yield


@pytest.fixture
def scene(world: World, answering: Answering, stack: Stack) -> Scene:
    """Put everybody on stage."""

    def send(method: str, path: str, headers: Headers, body: bytes) -> Answer:
        return answering(Sent(method, f"/functions/v1{path}", "", tuple(headers), body))

    shop = payments.connect(market.KEY, stack.stripe_url)
    return Scene(world, send, read_peppers(f"1:{stack.keyring.pepper}")[0], shop)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if TALLY:
        counted = ", ".join(f"{count} of {status}" for status, count in sorted(TALLY.items()))
        terminalreporter.write_line(f"contract: {TALLY.total()} requests ({counted})")
