"""Limits and budgets under many callers at once: never more than there is, hardly less, and nobody waits for ever."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from dev.stack import Stack
from tests.world import World

CALLERS, SECONDS = 64, 2.0
# What the measuring itself may add, and what a machine that is busy with other things may leave unspent.
MORE, LESS = 1.01, 0.7


@dataclass(frozen=True)
class Limit:
    """So many at once, and as many again in each second."""

    quantity: int
    name: str = field(default_factory=lambda: str(uuid4()))

    def allowance(self) -> sql.Composed:
        """Return it as the database's functions take it."""
        written = "row('limit', sha256({}), {}, '1 second')::private.allowance"
        return sql.SQL(written).format(self.name.encode(), self.quantity)

    def most(self, seconds: float) -> float:
        """Return how many there are in a time."""
        return self.quantity + self.quantity * seconds


@dataclass(frozen=True)
class Run:
    """What one caller got: how many, and between which moments it asked."""

    admitted: int
    began: float
    ended: float


# Admission looks before it takes; what takes must be exact by itself, for those who looked at the same moment.
LOOKING, BLIND = "select not private.take(array[{}]) ? 'status'", "select private.spend(array[{}])"


def take(*limits: Limit, how: LiteralString = LOOKING) -> sql.Composed:
    """Return the statement that takes one of each limit."""
    return sql.SQL(how).format(sql.SQL(", ").join(limit.allowance() for limit in limits))


def ask_for_long(dsn: str, statement: sql.Composed, ready: Barrier) -> Run:
    """Ask again and again on a connection of one's own, as soon as everybody is ready."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        ready.wait(timeout=30)
        began, admitted = time.monotonic(), 0
        while time.monotonic() < began + SECONDS:
            row = connection.execute(statement).fetchone()
            admitted += bool(row and row[0])
        return Run(admitted, began, time.monotonic())


def ask_together(dsn: str, statements: Sequence[sql.Composed]) -> list[Run]:
    """Let as many callers ask at once as there are statements; an error of one is an error."""
    ready = Barrier(len(statements))
    with ThreadPoolExecutor(len(statements)) as pool:
        return list(pool.map(lambda statement: ask_for_long(dsn, statement, ready), statements))


def check(limit: Limit, runs: Sequence[Run], every: Sequence[Run]) -> None:
    """Hold what these callers got of a limit against the time in which all of them asked."""
    seconds = max(run.ended for run in every) - min(run.began for run in every)
    admitted = sum(run.admitted for run in runs)
    assert admitted <= limit.most(seconds) * MORE, f"{admitted} of {limit.most(seconds)}"
    assert admitted >= limit.most(SECONDS) * LESS, f"only {admitted} of {limit.most(SECONDS)}"


@pytest.mark.parametrize("how", [LOOKING, BLIND])
def test_many_callers_get_what_there_is_and_no_more(stack: Stack, how: LiteralString) -> None:
    limit = Limit(50)
    runs = ask_together(stack.database_url(), [take(limit, how=how)] * CALLERS)
    check(limit, runs, runs)


def test_callers_who_share_two_limits_never_deadlock_and_lose_nothing(stack: Stack) -> None:
    narrow, wide = Limit(50), Limit(80)
    kinds = ((narrow, wide), (wide, narrow), (narrow,), (wide,))
    asked = [kinds[number % len(kinds)] for number in range(CALLERS)]
    runs = ask_together(stack.database_url(), [take(*limits) for limits in asked])
    for limit in (narrow, wide):
        check(limit, [run for run, limits in zip(runs, asked, strict=True) if limit in limits], runs)


def test_who_shares_a_spent_limit_leaves_the_other_to_the_rest(stack: Stack) -> None:
    spent, full = Limit(1), Limit(50)
    asked = [(spent, full) if number % 2 else (full,) for number in range(CALLERS)]
    runs = ask_together(stack.database_url(), [take(*limits) for limits in asked])
    check(full, runs, runs)
    assert (
        sum(run.admitted for run, limits in zip(runs, asked, strict=True) if spent in limits) <= spent.most(SECONDS) + 1
    )


@pytest.mark.parametrize("period", ["day", None])
def test_a_budget_is_spent_to_the_last_and_no_further(stack: Stack, world: World, period: str | None) -> None:
    person = world.person()
    key = world.key(person, person.personal_org, ["profile:read"])
    world.run("update api_keys set budget = 100, budget_period = %s where id = %s", period, key.id)
    spend = sql.SQL("select private.spend_budget(k) from api_keys as k where k.id = {}").format(key.id)
    spent = _race(stack, 16, lambda connection: sum(_answers(connection, spend) for _ in range(20)))
    assert sum(spent) == 100


def _answers(connection: psycopg.Connection, statement: sql.Composed) -> bool:
    row = connection.execute(statement).fetchone()
    return bool(row and row[0])


def _race(stack: Stack, callers: int, act: Callable[[psycopg.Connection], int]) -> list[int]:
    """Let several act at once, each on a connection of their own."""
    ready = Barrier(callers)

    def run() -> int:
        with psycopg.connect(stack.database_url(), autocommit=True) as connection:
            ready.wait(timeout=30)
            return act(connection)

    with ThreadPoolExecutor(callers) as pool:
        return [each.result() for each in [pool.submit(run) for _ in range(callers)]]
