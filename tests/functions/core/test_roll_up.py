"""Rolling up: minutes become hours and days, and no request is lost or counted twice on the way."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from functions.core.works import WORKS
from shared.gate import Door
from shared.histogram import SLOTS
from shared.work import Job, Task
from tests.world import World

COUNTS = (
    "insert into private.request_counts (minute, route, method, status, backend, count, sum_ms, trips, upstream_ms,"
    " lookups, hits, histogram)"
    " values (date_trunc('minute', now()) - %s::interval, %s, 'GET', 200, %s, 2, 30, 4, 20, 3, 2, %s)"
)
PERIOD = (
    "insert into private.request_periods (grain, at, route, method, status, count, sum_ms, trips, upstream_ms,"
    " histogram) values (%s, date_trunc(%s, now() - %s::interval, 'UTC'), %s, 'GET', 200, 2, 30, 4, 20, %s)"
)
FOUND = (
    "select grain, sum(count)::int, sum(sum_ms), sum(trips)::int, sum(histogram[2])::int, count(*)"
    " from private.request_periods where route = %s group by grain order by grain"
)
TWO = [0, 2] + [0] * (SLOTS - 2)


@pytest.fixture
def route(world: World) -> Iterator[str]:
    made = f"/tests/{uuid4()}"
    yield made
    for table in ("request_counts", "request_periods", "request_totals"):
        world.run(f"delete from private.{table} where route = %s", made)


def roll_up(door: Door) -> None:
    WORKS["metrics.roll_up"](Task(door, Job(1, "metrics.roll_up", {}, str(uuid4()), 1)))


def periods(world: World, route: str) -> list[tuple[Any, ...]]:
    return world.connection.execute(FOUND.encode(), [route]).fetchall()


def test_minutes_that_are_over_last_and_the_present_one_stays(world: World, door: Door, route: str) -> None:
    for backend in range(3):
        world.run(COUNTS, "10 minutes", route, backend, TWO)
    world.run(COUNTS, "0", route, 1, TWO)
    roll_up(door)
    assert periods(world, route) == [("minute", 6, 90.0, 12, 6, 1)]
    assert world.value("select sum(count)::int from private.request_counts where route = %s", route) == 2
    # The counter that a scraper sees is both together.
    assert world.value("select sum(count)::int from private.request_totals where route = %s", route) == 6


def test_what_caches_knew_lasts(world: World, door: Door, route: str) -> None:
    for backend in range(2):
        world.run(COUNTS, "10 minutes", route, backend, TWO)
    roll_up(door)
    for table in ("request_periods", "request_totals"):
        assert world.value(f"select (lookups, hits)::text from private.{table} where route = %s", route) == "(6,4)"


def test_an_instance_that_wakes_late_is_added_to_its_minute(world: World, door: Door, route: str) -> None:
    for _ in range(2):
        world.run(COUNTS, "30 minutes", route, 1, TWO)
        roll_up(door)
    assert periods(world, route) == [("minute", 4, 60.0, 8, 4, 1)]


def test_old_minutes_become_hours_and_old_hours_days(world: World, door: Door, route: str) -> None:
    for minutes in range(3):
        world.run(PERIOD, "minute", "minute", f"3 days {minutes} minutes", route, TWO)
    world.run(PERIOD, "minute", "minute", "1 day", route, TWO)
    world.run(PERIOD, "hour", "hour", "70 days", route, TWO)
    world.run(PERIOD, "hour", "hour", "10 days", route, TWO)
    roll_up(door)
    found = {grain: count for grain, count, *_ in periods(world, route)}
    assert found == {"minute": 2, "hour": 8, "day": 2}
    off = "select count(*) from private.request_periods where route = %s and at <> date_trunc(grain, at, 'UTC')"
    assert world.value(off, route) == 0


def test_what_is_older_than_all_retention_goes(world: World, door: Door, route: str) -> None:
    world.run(PERIOD, "day", "day", "402 days", route, TWO)
    world.run(PERIOD, "day", "day", "398 days", route, TWO)
    roll_up(door)
    assert periods(world, route) == [("day", 2, 30.0, 4, 2, 1)]


def test_a_repeat_changes_nothing(world: World, door: Door, route: str) -> None:
    world.run(COUNTS, "10 minutes", route, 1, TWO)
    world.run(PERIOD, "minute", "minute", "5 days", route, TWO)
    roll_up(door)
    once = periods(world, route)
    roll_up(door)
    assert periods(world, route) == once


def test_more_than_fits_in_one_call_is_done_in_several(world: World, door: Door, route: str) -> None:
    for number in range(7):
        world.run(COUNTS, f"{10 + number} minutes", route, 1, TWO)
    told = [door.call("jobs_roll_up_metrics", {"most": 5}, role="job_runner") for _ in range(3)]
    assert [each["left"] for each in told][-1] is False
    assert told[0]["left"] is True
    assert sum(count for _, count, *_ in periods(world, route)) == 14


def test_of_two_at_once_one_waits_for_the_next_time(world: World, door: Door, route: str) -> None:
    world.run(COUNTS, "10 minutes", route, 1, TWO)
    with world.connection.transaction():
        world.run("select pg_advisory_xact_lock(hashtextextended('private.request_periods', 0))")
        roll_up(door)
        assert periods(world, route) == []
    roll_up(door)
    assert periods(world, route) != []


def test_the_schedule_and_its_retention_are_rows(world: World) -> None:
    assert world.value("select cron from private.schedules where kind = 'metrics.roll_up'") == "*/5 * * * *"
    kept = world.connection.execute(
        "select name, value from private.settings where name like 'metrics%%' order by name"
    ).fetchall()
    assert kept == [
        ("metrics_days_kept_days", 400),
        ("metrics_hours_kept_days", 62),
        ("metrics_minutes_kept_days", 2),
    ]
