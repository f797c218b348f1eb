"""Counting requests in SQL: what has the right form, in bounded labels, and never failing whoever tells of them."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from shared.histogram import SLOTS
from tests.world import World

HISTOGRAM = [1] + [0] * (SLOTS - 1)
RECORD = "select private.record_requests(%s)"
NOW = "select extract(epoch from now())::bigint / 60"
COUNT = "select coalesce(sum(count), 0)::int from private.request_counts where route = %s"


@pytest.fixture(autouse=True)
def undone(world: World) -> Iterator[None]:
    """Leave nothing behind."""
    with world.connection.transaction(force_rollback=True):
        yield


def cell(world: World, **changes: Any) -> dict[str, Any]:
    made = {"minute": world.value(NOW), "route": "/tests", "method": "GET", "status": 200, "sum_ms": 4.0}
    return made | {"trips": 2, "upstream_ms": 3.0, "lookups": 3, "hits": 2, "histogram": HISTOGRAM} | changes


def record(world: World, *cells: object) -> int:
    return int(world.value(RECORD, json.dumps(list(cells))))


def test_requests_add_up_in_one_row(world: World) -> None:
    route = f"/{uuid4()}"
    two = [2] + [0] * (SLOTS - 2) + [1]
    assert record(world, cell(world, route=route), cell(world, route=route, histogram=two, sum_ms=16)) == 2
    row = world.connection.execute(
        "select count, sum_ms, trips, upstream_ms, lookups, hits, histogram"
        " from private.request_counts where route = %s",
        [route],
    ).fetchall()
    assert row == [(4, 20.0, 4, 6.0, 6, 4, [3] + [0] * (SLOTS - 2) + [1])]


@pytest.mark.parametrize(
    "odd",
    [
        {"route": None},
        {"route": 7},
        {"method": None},
        {"minute": -1},
        {"minute": "now"},
        {"minute": 1e12},
        {"status": 99},
        {"status": 600},
        {"status": "200"},
        {"sum_ms": -1},
        {"sum_ms": 1e300},
        {"trips": -1},
        {"upstream_ms": -0.1},
        {"hits": -1},
        {"hits": 4},
        {"lookups": 1e9},
        {"lookups": None},
        {"histogram": []},
        {"histogram": [0] * SLOTS},
        {"histogram": [*HISTOGRAM, 0]},
        {"histogram": [-1, *HISTOGRAM[1:]]},
        {"histogram": ["1", *HISTOGRAM[1:]]},
        {"histogram": [1e30, *HISTOGRAM[1:]]},
        {"histogram": "many"},
    ],
)
def test_what_has_another_form_is_left_out_and_the_rest_counted(world: World, odd: dict[str, Any]) -> None:
    route = f"/{uuid4()}"
    assert record(world, cell(world, route=route) | odd, cell(world, route=route, status=201)) == 1
    assert world.value(COUNT, route) == 1


@pytest.mark.parametrize("odd", ["null", "{}", '"x"', "7", "[null]", "[[]]", "[7]"])
def test_what_is_no_list_of_them_counts_nothing(world: World, odd: str) -> None:
    assert world.value(RECORD, odd) == 0


def test_a_clock_that_is_wrong_moves_nothing_far(world: World) -> None:
    route = f"/{uuid4()}"
    now = world.value(NOW)
    record(world, cell(world, route=route, minute=now + 900), cell(world, route=route, minute=now - 900))
    ages = world.connection.execute(
        "select round(extract(epoch from date_trunc('minute', now()) - minute) / 60)::int"
        " from private.request_counts where route = %s order by 1",
        [route],
    ).fetchall()
    assert ages == [(0,), (60,)]


def test_labels_are_bounded(world: World) -> None:
    world.run("delete from private.request_routes")
    for function in "abcdef":
        world.run("select set_config('mainstay.function', %s, false)", function)
        assert record(world, *(cell(world, route=f"/{function}/{number:03}") for number in range(110))) == 110
    world.run("select set_config('mainstay.function', '', false)")
    # One function takes 100 names at most, and all together 500.
    assert world.value("select count(*) from private.request_routes") == 500
    assert world.value(COUNT, "/e/099") == 1
    assert world.value(COUNT, "/a/100") == 0
    assert world.value(COUNT, "/f/000") == 0
    assert world.value(COUNT, "other") == 160
    record(world, cell(world, route="/" + "x" * 100), cell(world, method="SECRET"), cell(world, route=""))
    assert world.value(COUNT, "other") == 163
    assert world.value("select count(*) from private.request_counts where method = 'SECRET'") == 0


def test_what_cannot_be_counted_fails_nobody(world: World) -> None:
    world.run("alter table private.request_counts add constraint broken check (status = 0) not valid")
    assert record(world, cell(world)) == 0
