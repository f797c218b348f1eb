"""Whatever a client sends, no log repeats it: secrets are fed into every endpoint, and every line is searched."""

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from dev.stack import Stack
from ops.reference.catalogue import listed
from shared import hints
from tests.journeys.keys import Maker
from tests.journeys.spills import Feed, Secrets, feeds
from tests.world import World

ENDPOINTS = [each.endpoint for each in listed()]
LOGS = [f"functions-{module}.log" for module in ("auth", "billing", "core")]


@pytest.fixture(scope="module")
def maker(world: World, functions: httpx.Client) -> Maker:
    """Somebody of the staff with a second factor, so that every endpoint lets them in."""
    person = world.person()
    world.run("insert into private.staff (user_id, role) values (%s, 'super_admin')", person.id)
    world.run("update auth.sessions set aal = 'aal2' where id = %s", person.session_id)
    return Maker(world, functions, person, world.organization(person))


@pytest.fixture(scope="module")
def fed(stack: Stack, world: World, maker: Maker) -> Secrets:
    """Feed everything in, then do the jobs that came of it."""
    fed, statuses = Secrets(), Counter[int]()
    known = {"Authorization": f"Bearer {world.sign(maker.person.claims(aal='aal2'))}"}
    with world.without_limits():
        for endpoint in ENDPOINTS:
            # Erasing the sender would end the feast.
            if endpoint.route != "DELETE /auth/account":
                for feed in feeds(fed, endpoint, {"orgId": str(maker.organization), "expiresAt": None}):
                    statuses[send(maker.functions, feed, known)] += 1
        token = hints.token(stack.keyring.jobs_secret, time.time())
        answer = maker.functions.post("/core/jobs/run", headers={"X-Jobs-Token": token}, timeout=30)
        assert answer.status_code == 200, answer.text
    # Some of it was taken, and most refused in one way or the other.
    assert {200, 201, 400, 401, 404} <= set(statuses), statuses
    assert not {status for status in statuses if status >= 500}, statuses
    return fed


def send(functions: httpx.Client, feed: Feed, known: dict[str, str]) -> int:
    headers = {**(known if feed.known else {}), **feed.headers}
    return functions.request(feed.method, feed.path, headers=headers, content=feed.body).status_code


def logs(stack: Stack) -> dict[str, str]:
    return {path.name: path.read_text(errors="replace") for path in Path(stack.folder.root).rglob("*.log")}


def test_no_log_repeats_what_a_client_sent(stack: Stack, fed: Secrets) -> None:
    found = logs(stack)
    assert set(LOGS) <= set(found)
    for name, text in found.items():
        assert fed.found_in(text) == set(), name


def test_each_request_left_a_line_that_could_have_held_it(stack: Stack, fed: Secrets) -> None:
    found = logs(stack)
    lines: list[dict[str, Any]] = [
        json.loads(line) for name in LOGS for line in found[name].splitlines() if line.startswith("{")
    ]
    routes = {line.get("route") for line in lines if line["message"] == "request"}
    assert {endpoint.path for endpoint in ENDPOINTS} - routes <= {"/auth/account"}
    assert len(fed.fed) > 10 * len(ENDPOINTS)


def test_a_secret_in_a_log_would_be_found(fed: Secrets) -> None:
    values = list(fed.fed)
    assert fed.found_in(f"... {values[0]} ... {values[-1]}") == {fed.fed[values[0]], fed.fed[values[-1]]}
