import threading
from typing import Any

import pytest

from shared.tally import MOST, Sample, Tally

NOON = 1_795_262_400.0


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


def sample(route: str = "/a", ms: float = 10.0, status: int = 200) -> Sample:
    return Sample(route, "GET", status, ms, trips=2, upstream_ms=4.0, lookups=3, hits=2)


def sent(tally: Tally) -> list[dict[str, Any]]:
    with tally.sending() as cells:
        return cells


def test_requests_of_one_minute_route_and_status_are_sent_together() -> None:
    clock = Clock()
    tally = Tally(clock)
    for ms in (1.0, 10.0, 10.0, 20_000.0):
        tally.add(sample(ms=ms))
    tally.add(sample(status=500))
    clock.now += 60
    tally.add(sample())
    first, failed, later = sent(tally)
    assert first == {
        "minute": int(NOON // 60),
        "route": "/a",
        "method": "GET",
        "status": 200,
        "sum_ms": 20_021.0,
        "trips": 8,
        "upstream_ms": 16.0,
        "lookups": 12,
        "hits": 8,
        "histogram": [1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    }
    assert (failed["status"], sum(failed["histogram"])) == (500, 1)
    assert (later["minute"] - first["minute"], sum(later["histogram"])) == (1, 1)


def test_what_was_sent_is_not_sent_again() -> None:
    tally = Tally(Clock())
    tally.add(sample())
    assert len(sent(tally)) == 1
    assert sent(tally) == []


def test_what_did_not_arrive_is_sent_again() -> None:
    tally = Tally(Clock())
    tally.add(sample())

    def fail() -> None:
        with tally.sending():
            tally.add(sample("/b"))
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail()
    assert {cell["route"] for cell in sent(tally)} == {"/a", "/b"}


def test_many_are_added_up_so_that_an_outage_loses_none() -> None:
    tally = Tally(Clock())
    for _ in range(20 * MOST):
        tally.add(sample())
    assert len(tally) <= MOST
    assert sum(sum(cell["histogram"]) for cell in sent(tally)) == 20 * MOST


def test_beyond_all_bounds_the_oldest_go() -> None:
    tally = Tally(Clock())
    for number in range(5 * MOST):
        tally.add(sample(f"/{number}"))
    routes = [cell["route"] for cell in sent(tally)]
    assert (len(routes), routes[-1]) == (2 * MOST, f"/{5 * MOST - 1}")


def test_it_is_due_when_something_has_waited_for_a_minute() -> None:
    clock = Clock()
    tally = Tally(clock)
    clock.now += 3600
    assert not tally.is_due()
    tally.add(sample())
    assert tally.is_due()
    sent(tally)
    tally.add(sample())
    clock.now += 59
    assert not tally.is_due()
    clock.now += 1
    assert tally.is_due()


def test_threads_lose_nothing_between_them() -> None:
    tally = Tally(Clock())
    counts: list[int] = []

    def serve() -> None:
        for number in range(2000):
            tally.add(sample())
            if number % 7 == 0:
                counts.append(sum(sum(cell["histogram"]) for cell in sent(tally)))

    threads = [threading.Thread(target=serve) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts.append(sum(sum(cell["histogram"]) for cell in sent(tally)))
    assert sum(counts) == 6 * 2000
