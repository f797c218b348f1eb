"""Requests of many processes, added up: right but for the last one of each process that nobody told to end."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from dev import units
from dev.packages import CHECKOUT
from dev.stack import Stack
from functions.auth import profile
from tests.functions.deployed import Ask
from tests.world import Person, World

PROCESSES = 8
COUNT = (
    "select coalesce(sum(count), 0)::int from (select count from private.request_counts where route = %(route)s"
    " union all select count from private.request_periods where route = %(route)s) as c"
)
SERVED = "tests.functions.core.served"


def count(world: World, route: str) -> int:
    row = world.connection.execute(COUNT, {"route": route}).fetchone()
    assert row
    return int(row[0])


@pytest.fixture
def no_limits(world: World) -> Iterator[None]:
    with world.without_limits():
        yield


def start(stack: Stack, world: World, route: str) -> subprocess.Popen[str]:
    env = units.environment("auth", stack.ports, stack.keyring, stack.project)
    command = [sys.executable, "-m", SERVED, route]
    process = subprocess.Popen(
        command, cwd=CHECKOUT, env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    process.stdin.write(world.sign(world.person().claims()) + "\n")
    process.stdin.flush()
    return process


def end(process: subprocess.Popen[str], how: signal.Signals) -> int:
    """End it and return how many requests it has answered, all of them with 200."""
    process.send_signal(how)
    answered = [line.split() for line in process.communicate(timeout=30)[0].splitlines() if line.startswith("answered")]
    assert {status for _, _, status in answered} == {"200"}
    return int(answered[-1][1])


def run(stack: Stack, world: World, route: str, how: signal.Signals) -> int:
    """Run eight side by side, end each at some moment, and return how many requests they answered together."""
    draw = random.Random(3)  # noqa: S311 - no secret
    processes = [start(stack, world, route) for _ in range(PROCESSES)]
    for process in processes:
        assert process.stdout
        # The first answer: from here on it serves.
        while not process.stdout.readline().startswith("answered"):
            assert process.poll() is None
    answered = 0
    for process in processes:
        time.sleep(draw.uniform(0, 0.5))
        answered += end(process, how)
    return answered


@pytest.mark.usefixtures("no_limits")
def test_of_eight_that_are_killed_each_owes_one_request_at_most(stack: Stack, world: World) -> None:
    route = f"/tests/{uuid4()}"
    answered = run(stack, world, route, signal.SIGKILL)
    counted = count(world, route)
    assert answered > 10 * PROCESSES
    # One whose admission was on its way when it was killed has carried the one before, and said so to nobody.
    assert answered - PROCESSES <= counted <= answered
    assert world.value("select count(*) from private.request_counts where route = %s", route) > 0


@pytest.mark.usefixtures("no_limits")
def test_of_eight_that_are_told_to_end_none_owes_any(stack: Stack, world: World) -> None:
    route = f"/tests/{uuid4()}"
    answered = run(stack, world, route, signal.SIGTERM)
    assert count(world, route) == answered > PROCESSES


@pytest.fixture
def person(world: World) -> Person:
    return world.person()


def test_each_request_is_carried_by_the_next(ask: Ask, world: World, person: Person) -> None:
    ask(profile.app, "GET", "/auth/profile", person)
    before = count(world, "/auth/profile")
    for _ in range(5):
        assert ask(profile.app, "GET", "/auth/profile", person).status == 200
    assert count(world, "/auth/profile") - before == 5


def test_a_caller_who_is_refused_carries_all_the_same(ask: Ask, world: World, person: Person) -> None:
    ask(profile.app, "GET", "/auth/profile", person)
    world.run("delete from auth.sessions where id = %s", person.session_id)
    before = count(world, "/auth/profile")
    for _ in range(3):
        assert ask(profile.app, "GET", "/auth/profile", person).status == 401
    assert count(world, "/auth/profile") - before == 3
